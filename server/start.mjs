// `npm start`: from a fresh clone to the running product. Plain Node: nothing is installed yet.
import { build, checkNode, fail, generate, install, serve } from "./tasks.mjs";

try {
  checkNode();
  await install();
  await generate();
  await build();
  serve("production");
} catch (error) {
  fail(error);
}
