import { deleteSqlQueries } from "@/lib/datasets/delete-sql-queries";
import { listSqlQueries } from "@/lib/datasets/list-sql-queries";
import { listSqlRelations } from "@/lib/datasets/list-sql-relations";
import * as sql from "@/lib/datasets/sql-schema";
import { pageOf } from "@/lib/kernel/page";
import { route } from "../route";

const SqlQueryPage = pageOf(sql.SqlQuery);

/** What may be queried, and what somebody has queried. */
export const sqlQueryRoutes = [
  route({
    method: "get",
    path: "/sql/catalog",
    input: sql.ListSqlRelations,
    output: sql.SqlCatalog,
    run: listSqlRelations,
    summary: "What SQL may name, with columns",
    tags: ["SQL"],
  }),
  route({
    method: "get",
    path: "/sql/queries",
    input: sql.ListSqlQueries,
    output: SqlQueryPage,
    run: listSqlQueries,
    summary: "One's own queries, newest first",
    tags: ["SQL"],
  }),
  route({
    method: "delete",
    path: "/sql/queries",
    input: sql.DeleteSqlQueries,
    output: sql.DeletedSqlQueries,
    run: deleteSqlQueries,
    summary: "Forget one's own queries",
    tags: ["SQL"],
  }),
];
