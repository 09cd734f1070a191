import type { Table } from "@/lib/engines/offline/port";
import { historySql, isTieFree, partitionBy, quote, type Scan, shapeColumns, tableSql, totalOrder } from "./sql";

/** The rows of a table; of those with equal keys and event time only the greatest in the total order. */
export function distinctSql(table: Table, scan: Scan): string {
  if (isTieFree(table.files)) return tableSql(table, scan);
  const { shape } = table;
  const list = shapeColumns(shape).map(({ name }) => quote(name));
  const same = partitionBy([...shape.keys.map((key) => key.name), shape.eventTime]);
  return (
    `SELECT ${list.join(", ")} FROM (${historySql(table, scan)}) ` +
    `QUALIFY row_number() OVER (${same}ORDER BY ${totalOrder(shape, "DESC")}) = 1`
  );
}
