"""Where messages go: reporters by the vault, offices by a file of the deployment; and who asked to be left alone."""
