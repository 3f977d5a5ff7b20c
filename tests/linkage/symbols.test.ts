import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import test from 'node:test';

const { ASYMPTOKEN_KERNEL_OBJECTS: objects = '', ASYMPTOKEN_NM: nm = 'nm' } = process.env;

/** What an object file defines and lets others see, by its readable name. */
function definitions(object: string): Set<string> {
  const lines = execFileSync(nm, ['--demangle', '--extern-only', '--defined-only', object], {
    encoding: 'utf8',
  });
  return new Set(
    lines
      .split('\n')
      .map((line) => line.replace(/^[0-9a-f]+ \w /, ''))
      .filter(Boolean),
  );
}

test('no two instruction sets define the same function, so that a linker cannot give one the code of another', () => {
  const all = objects.split('|').filter(Boolean).map(definitions);
  assert.ok(all.length > 0, 'there are no kernels to look at');
  for (const one of all) assert.ok(one.size > 0, 'an object without kernels');
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const name of all.flatMap((names) => [...names])) (seen.has(name) ? shared : seen).add(name);
  assert.deepEqual([...shared], []);
});
