// Reads the AsyncAPI document named on the command line with AsyncAPI's own parser.
// Prints its findings as JSON; exit status 1 where the document is refused, 2 on bad usage.
import { readFile } from "node:fs/promises";
import { DiagnosticSeverity } from "@stoplight/types";
import { Parser } from "@asyncapi/parser";

const [path] = process.argv.slice(2);
if (path === undefined) {
  console.error("usage: check.mjs FILE");
  process.exit(2);
}

const { document, diagnostics } = await new Parser().parse(await readFile(path, "utf8"), { source: path });
const findings = diagnostics.map(({ severity, code, message, path: place }) => ({
  severity: DiagnosticSeverity[severity].toLowerCase(),
  code,
  message,
  place: place.join("."),
}));
const channels = document?.channels().all().length ?? 0;
const messages = document?.messages().all().length ?? 0;
console.log(JSON.stringify({ version: document?.version() ?? null, channels, messages, findings }));
process.exitCode = document === undefined || findings.some(({ severity }) => severity === "error") ? 1 : 0;
