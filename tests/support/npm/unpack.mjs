// Unpacks the Chromium package into $TMPDIR, where its own code puts it; Python could not: it has no Brotli.
import { inflate } from "./node_modules/@sparticuz/chromium/build/lambdafs.js";

const parts = ["chromium.br", "fonts.tar.br", "al2023.tar.br"]; // the browser, a font, libraries that bare machines lack
await Promise.all(parts.map((part) => inflate(`node_modules/@sparticuz/chromium/bin/${part}`)));
