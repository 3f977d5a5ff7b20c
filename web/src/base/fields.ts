/** How a setting is written, in a control and in the address alike, and what it may be. */
export interface Field<T> {
  /** As in "the dimension is a whole number from 1 to 1024". */
  readonly name: string;
  readonly expected: string;
  /** null when the text is not what is expected. */
  parse(text: string): T | null;
  format(value: T): string;
}

export function wholeNumber(name: string, least: number, most: number): Field<number> {
  return {
    name,
    expected: `a whole number from ${least} to ${most}`,
    parse(text) {
      const value = /^\s*\d{1,16}\s*$/.test(text) ? Number(text) : NaN;
      return value >= least && value <= most ? value : null;
    },
    format: String,
  };
}

export function positiveNumbers(name: string, longest: number, most: number): Field<number[]> {
  const expected = `1 to ${longest} numbers above 0 and up to ${most}, separated by commas`;
  return numbers(name, expected, longest, (value) => value > 0 && value <= most);
}

export function numbersFromZero(name: string, longest: number, most: number): Field<number[]> {
  const expected = `1 to ${longest} numbers from 0 to ${most}, separated by commas`;
  return numbers(name, expected, longest, (value) => value >= 0 && value <= most);
}

function numbers(
  name: string,
  expected: string,
  longest: number,
  allowed: (value: number) => boolean,
): Field<number[]> {
  return {
    name,
    expected,
    parse(text) {
      const parts = text.split(/[\s,;]+/).filter((part) => part !== '');
      const values = parts.map((part) =>
        /^(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(part) ? Number(part) : NaN,
      );
      return values.every(allowed) && values.length >= 1 && values.length <= longest ? values : null;
    },
    format: (values) => values.join(','),
  };
}

export function oneOf<T extends string>(name: string, choices: readonly T[]): Field<T> {
  return {
    name,
    expected: `one of ${choices.join(', ')}`,
    parse: (text) => choices.find((choice) => choice === text) ?? null,
    format: String,
  };
}

/** As much of what somebody wrote as a sentence has room for. */
export function quote(text: string): string {
  return `“${text.length > 40 ? `${text.slice(0, 40)}…` : text}”`;
}
