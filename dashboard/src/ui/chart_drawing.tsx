/** The part of a chart that needs recharts. */
import { Bar, CartesianGrid, ComposedChart, Line, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { useReadingDirection } from "@/app/style";
import type { ChartProps } from "./chart";

const FEW_POINTS = 8;

export default function ChartDrawing({ rows, series, kind, format, formatAt, height = 240, onChoose }: ChartProps) {
  const reversed = useReadingDirection() === "rtl";
  return (
    <div aria-hidden dir="ltr">
      <ResponsiveContainer width="100%" height={height}>
        <ComposedChart
          data={[...rows]}
          accessibilityLayer={false}
          margin={{ top: 8, right: 8, bottom: 0, left: 8 }}
          onClick={({ activeLabel }) => {
            if (activeLabel !== undefined) onChoose?.(String(activeLabel));
          }}
        >
          <CartesianGrid stroke="var(--line)" vertical={false} />
          <XAxis
            dataKey="at"
            tickFormatter={formatAt}
            reversed={reversed}
            stroke="var(--muted)"
            tickLine={false}
            minTickGap={24}
            fontSize={12}
          />
          <YAxis
            tickFormatter={format}
            orientation={reversed ? "right" : "left"}
            stroke="var(--muted)"
            tickLine={false}
            axisLine={false}
            width="auto"
            fontSize={12}
          />
          <Tooltip
            cursor={{ fill: "var(--sunken)", stroke: "var(--line)" }}
            isAnimationActive={false}
            content={({ active, payload, label }) =>
              active && (
                <div
                  dir={reversed ? "rtl" : "ltr"}
                  className="rounded-box border border-line bg-raised px-3 py-2 text-ink"
                >
                  <p className="font-medium">{formatAt(String(label))}</p>
                  {payload.map(({ dataKey, name, color, value }) => (
                    <p key={String(dataKey)} className="flex items-center gap-2">
                      <span className="size-2.5 rounded-full" style={{ background: color }} />
                      {name}
                      <span className="tabular ms-auto ps-3">{format(Number(value))}</span>
                    </p>
                  ))}
                </div>
              )
            }
          />
          {series.map(({ key, label, colour }) =>
            kind === "columns" ? (
              <Bar
                key={key}
                dataKey={key}
                name={label}
                stackId="all"
                fill={`var(${colour})`}
                isAnimationActive={false}
              />
            ) : (
              <Line
                key={key}
                dataKey={key}
                name={label}
                stroke={`var(${colour})`}
                strokeWidth={2}
                // A line of one point is none: few points are shown each.
                dot={rows.filter((row) => typeof row[key] === "number").length <= FEW_POINTS && { r: 2.5 }}
                connectNulls
                isAnimationActive={false}
              />
            ),
          )}
        </ComposedChart>
      </ResponsiveContainer>
    </div>
  );
}
