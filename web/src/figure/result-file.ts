import type { Estimate, Result } from '../core.ts';

const largest = 50e6;

/** Reads a result that the command wrote; throws one sentence if it is none, or not of this experiment. */
export async function readResult(file: File, experiment: string): Promise<Result> {
  if (file.size > largest) throw new Error(`${file.name} has ${file.size} bytes; a result has fewer.`);
  const found = parse(await file.text());
  if (!isResult(found)) throw new Error(`${file.name} is no result of asymptoken run --output.`);
  const of = found.spec.experiment;
  if (of !== experiment) {
    throw new Error(`${file.name} is a result of ${quote(of)}; this figure shows ${quote(experiment)}.`);
  }
  return found;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Everything that the figures draw is checked, and nothing else. */
function isResult(value: unknown): value is Result {
  if (!isRecord(value) || value['schema'] !== 1 || !isRecord(value['spec'])) return false;
  const { spec, curves, metrics, items, provenance } = value;
  return (
    typeof spec['experiment'] === 'string' &&
    isRecord(items) &&
    [items['done'], items['total']].every(isNumber) &&
    isRecord(provenance) &&
    isNumber(provenance['wall_seconds']) &&
    Array.isArray(metrics) &&
    metrics.every((metric) => typeof metric === 'string') &&
    Array.isArray(curves) &&
    curves.length <= 64 &&
    curves.every((curve) => isCurve(curve, metrics))
  );
}

function isCurve(value: unknown, metrics: readonly string[]): boolean {
  if (!isRecord(value) || !isNumber(value['horizon']) || !isRecord(value['parameters'])) return false;
  const { points, fit, predicted, parameters } = value;
  return (
    Object.values(parameters).every(isNumber) &&
    Array.isArray(points) &&
    points.length <= 200 &&
    points.every((point) => isPoint(point, metrics)) &&
    isRecord(fit) &&
    Object.values(fit).every((line) => line === null || isFit(line)) &&
    Array.isArray(predicted) &&
    predicted.every(isPrediction)
  );
}

function isPoint(value: unknown, metrics: readonly string[]): boolean {
  if (!isRecord(value) || !isNumber(value['n']) || value['n'] < 1) return false;
  return metrics.every((metric) => value[metric] === null || isEstimate(value[metric]));
}

function isEstimate(value: unknown): value is Estimate {
  return (
    isRecord(value) &&
    isNumber(value['mean']) &&
    isNumber(value['standard_deviation']) &&
    isNumber(value['count'])
  );
}

function isFit(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { bootstrap } = value;
  const interval = bootstrap === null || (isRecord(bootstrap) && isNumber(bootstrap['standard_error']));
  return interval && ['slope', 'slope_se', 'intercept'].every((key) => isNumber(value[key]));
}

function isPrediction(value: unknown): boolean {
  if (!isRecord(value) || !isNumber(value['value'])) return false;
  const statuses = ['paper', 'derived', 'heuristic'];
  return (
    statuses.includes(value['status'] as string) &&
    ['metric', 'quantity', 'name', 'formula'].every((key) => typeof value[key] === 'string')
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function quote(text: string): string {
  return `“${text.length > 40 ? `${text.slice(0, 40)}…` : text}”`;
}
