/** A few figures as small columns: the shape of a day, without axes. The text says what it shows. */
export function Spark({ values, label }: { values: readonly number[]; label: string }) {
  const most = Math.max(...values, 1);
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${values.length * 4} 24`}
      preserveAspectRatio="none"
      className="h-6 w-24 rtl:-scale-x-100"
    >
      {values.map((value, index) => {
        const height = value === 0 ? 1 : Math.max(2, (value / most) * 24);
        return (
          <rect
            key={index}
            x={index * 4}
            y={24 - height}
            width={3}
            height={height}
            className={value === 0 ? "fill-idle-fill" : "fill-accent"}
          />
        );
      })}
    </svg>
  );
}
