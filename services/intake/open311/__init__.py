"""Open311 GeoReport v2 (wiki.open311.org/GeoReport_v2), with mySociety's servicerequestupdates: one more channel."""
