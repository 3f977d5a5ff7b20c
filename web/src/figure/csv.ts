import type { Estimate, Result } from '../core.ts';

/** A line for every point and metric, with the columns that the command's `--csv` has. */
export function csvOf({ curves, metrics }: Result): string {
  const parameters = Object.keys(curves[0]?.parameters ?? {});
  const head = ['curve', ...parameters, 'H', 'n', 'metric', 'mean', 'standard_deviation'];
  const rows = curves.flatMap((curve, index) =>
    curve.points.flatMap((point) =>
      metrics.flatMap((metric) => {
        const estimate = point[metric] as Estimate | null | undefined;
        if (!estimate) return [];
        const { mean, standard_deviation, count } = estimate;
        const swept = parameters.map((name) => curve.parameters[name]);
        const error = standard_deviation / Math.sqrt(count);
        return [[index, ...swept, curve.horizon, point.n, metric, mean, standard_deviation, error, count]];
      }),
    ),
  );
  return [[...head, 'standard_error', 'count'], ...rows].map((row) => `${row.join(',')}\n`).join('');
}
