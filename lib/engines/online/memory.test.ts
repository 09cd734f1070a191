import { onlineConformance } from "./conformance";
import { createMemoryStore } from "./memory";

onlineConformance("memory", async () => createMemoryStore());
