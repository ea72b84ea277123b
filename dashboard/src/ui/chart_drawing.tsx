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
            width={56}
            fontSize={12}
          />
          <Tooltip
            labelFormatter={(at) => formatAt(at as string)}
            formatter={(value) => format(Number(value))}
            contentStyle={{
              background: "var(--raised)",
              border: "1px solid var(--line)",
              borderRadius: 8,
              color: "var(--ink)",
            }}
            cursor={{ fill: "var(--sunken)", stroke: "var(--line)" }}
            isAnimationActive={false}
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
