import type { Result, Spec } from '../base/core.ts';
import type { Field } from '../base/fields.ts';
import { lawOf, type Settings } from './settings.ts';

/** A spec that the core has built in, and the names of the laws with which it makes sense. */
export interface Builtin {
  spec: Spec;
  laws: readonly string[];
}

/** Where a value stands in a spec. */
export type Path = readonly [string, ...string[]];

/** An experiment as a figure offers it. What it measures and how that is drawn is in its result. */
export interface ExperimentKind {
  /** Of the figure, and in file names. */
  name: string;
  /** What it opens with. */
  builtin: Builtin;
  sweep: {
    path: Path;
    /** Of the control, and the attribute. */
    name: string;
    title: string;
    symbol: string;
    field: Field<number[]>;
  };
  options: readonly Option[];
  /** Ids of the metrics that have a picture; default: all but diagnostics. */
  metrics?: readonly string[];
  /** The pictures against the swept parameter stand first. */
  trendsLead?: boolean;
}

/** A setting that only one experiment has. */
export interface Option {
  path: Path;
  /** Of the control, and the attribute. */
  name: string;
  title: string;
  /** In a link. */
  key: string;
  field: Field<string> | Field<number>;
  /** Where there are few: each value, and what a reader would call it. */
  choices?: Readonly<Record<string, string>>;
}

/** The settings that make the built-in spec. */
export function defaultSettings({ builtin: { spec }, sweep, options }: ExperimentKind): Settings {
  const { from, to, count } = spec.tokens as { from: number; to: number; count: number };
  return {
    law: spec.law.type,
    dimension: spec.law.dimension!,
    sweep: [...(valueAt(spec, sweep.path) as number[])],
    from,
    to,
    points: count,
    replicates: spec.replicates!,
    precision: 0,
    seed: spec.seed!,
    options: Object.fromEntries(
      options.map(({ name, path }) => [name, valueAt(spec, path) as string | number]),
    ),
  };
}

/** The built-in spec with the settings in it. */
export function specOf({ builtin, sweep, options }: ExperimentKind, settings: Settings): Spec {
  const { law, dimension, from, to, points, replicates, seed } = settings;
  const spec = structuredClone(builtin.spec);
  Object.assign(spec, { seed, law: lawOf(law, dimension, spec.law), replicates });
  Object.assign(spec.tokens, { from, to, count: points });
  setAt(spec, sweep.path, settings.sweep);
  for (const { name, path } of options) setAt(spec, path, settings.options[name]);
  return spec;
}

/** The first result, if it is one of exactly this spec. */
export function firstResultFor(spec: Spec, { builtin }: ExperimentKind, first: Result): Result | null {
  return JSON.stringify(spec) === JSON.stringify(builtin.spec) ? first : null;
}

function valueAt(spec: object, path: Path): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], spec);
}

function setAt(spec: object, path: Path, value: unknown): void {
  const last = path.at(-1)!;
  const parent = path.slice(0, -1).reduce((at, key) => (at as Record<string, object>)[key]!, spec);
  (parent as Record<string, unknown>)[last] = value;
}
