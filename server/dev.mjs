// `npm run dev`: as `npm start`, with pages that follow their source.
import { checkNode, fail, generate, install, serve } from "./tasks.mjs";

try {
  checkNode();
  await install();
  await generate();
  serve("development");
} catch (error) {
  fail(error);
}
