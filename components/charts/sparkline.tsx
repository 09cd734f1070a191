import { prepareSparkline } from "./prepare-sparkline";

/** A tiny distribution; `label` says in words what it shows. A flat line stands for "nothing computed yet". */
export function Sparkline({
  bars,
  label,
  width = 96,
  height = 22,
}: {
  bars: number[] | null;
  label: string;
  width?: number;
  height?: number;
}): React.ReactElement {
  const drawn = prepareSparkline(bars ?? []);
  return (
    <svg width={width} height={height} role="img" aria-label={label} style={{ display: "block", flex: "none" }}>
      <line x1={0} x2={width} y1={height - 0.5} y2={height - 0.5} stroke="var(--larder-hairline-strong)" />
      {drawn.map((bar) => (
        <rect
          key={bar.x}
          x={(bar.x * width).toFixed(2)}
          width={(bar.width * width).toFixed(2)}
          y={((1 - bar.height) * (height - 1)).toFixed(2)}
          height={(bar.height * (height - 1)).toFixed(2)}
          fill="var(--larder-bar)"
        />
      ))}
    </svg>
  );
}
