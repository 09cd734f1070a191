import { listSchedules } from "@/lib/jobs/list-schedules";
import { ListSchedules, ScheduleSummary } from "@/lib/jobs/schedule-schema";
import { pageOf } from "@/lib/kernel/page";
import { route } from "../route";

/** Groups that are refreshed by themselves. */
export const scheduleRoutes = [
  route({
    method: "get",
    path: "/schedules",
    summary: "List schedules, the next to come first",
    tags: ["Runs"],
    input: ListSchedules,
    output: pageOf(ScheduleSummary),
    run: listSchedules,
  }),
];
