/** The worker: answers questions and takes part in jobs, and never computes for long without listening. */

import type { Spec } from './api.ts';
import { compileBinary } from './binary.ts';
import { instantiate, type Core } from './core.ts';
import { JobPart } from './job-part.ts';
import type { FromWorker, Loaded, Question, Questions, ToJob, ToWorker, WasmSource } from './messages.ts';
import { nodeModule } from './node.ts';
import { Matrices, openJob, withArrays } from './open-job.ts';
import { Slices } from './slices.ts';
import { PieceFailed } from './split-module.ts';

/** The page's end, in a browser or in Node. */
const port = (nodeModule('node:worker_threads')?.parentPort ?? globalThis) as {
  postMessage(message: unknown, transfer?: readonly Transferable[]): void;
  on?(event: 'message', listener: (message: unknown) => void): void;
};

function post(message: FromWorker): void {
  const values = message.type === 'report' ? message.values : [];
  port.postMessage(
    message,
    values.map(({ buffer }) => buffer),
  );
}

let core: Core | undefined;
/** What came before the core. */
const early: ToWorker[] = [];
const slices = new Slices();
const matrices = new Matrices();
const parts = new Map<number, JobPart>();

function receive(message: ToWorker): void {
  if (message.type === 'load') void load(message.id, message);
  else if (!core) early.push(message);
  else if (message.type === 'ask') reply(core, message.id, message.question);
  else takePart(core, message);
  slices.wake();
}

async function load(id: number, source: WasmSource): Promise<void> {
  try {
    const binary = await compileBinary(source.binary);
    core = await instantiate(source.variant, binary);
    post({ type: 'answer', id, answer: { binary, version: core.version() } satisfies Loaded });
    for (const message of early.splice(0)) receive(message);
  } catch (error) {
    refuse(id, error);
  }
}

function reply(core: Core, id: number, question: Question): void {
  try {
    post({ type: 'answer', id, answer: answer(core, question) });
  } catch (error) {
    refuse(id, error);
  }
}

function answer(core: Core, question: Question): Questions[keyof Questions]['answer'] {
  switch (question.kind) {
    case 'specs':
      return core
        .builtinSpecs()
        .map(({ name, summary, json }) => ({ name, summary, spec: JSON.parse(json) as Spec }));
    case 'complete':
      return withArrays(core, question.inputs, (inputs) => core.complete(question.spec, inputs));
    case 'heads':
      return withArrays(core, question.inputs, (inputs) => core.heads(question.spec, inputs));
    case 'laws':
      return core.laws();
    case 'moments':
      return withArrays(core, { points: question.points }, (arrays) => core.moments(arrays));
    case 'csv':
      return core.csv(question.result);
    case 'latestResult':
      return core.latestResult(question.json);
    case 'npyLayout':
      return core.npyLayout(question.name, question.start, question.fileBytes);
  }
}

function takePart(core: Core, message: ToJob): void {
  const { job } = message;
  try {
    if (message.type === 'open') {
      const part = new JobPart(job, openJob(core, message.request, matrices), message.paused, post);
      parts.set(job, part);
      slices.add(part, (error) => failJob(job, error));
    } else if (message.type === 'close') {
      closeJob(job);
    } else {
      parts.get(job)?.receive(message);
    }
  } catch (error) {
    failJob(job, error);
  }
}

function closeJob(job: number): void {
  const part = parts.get(job);
  if (!part) return;
  parts.delete(job);
  slices.remove(part);
  part.delete();
}

function refuse(id: number, error: unknown): void {
  const message = sentence(error);
  if (message !== null) post({ type: 'refusal', id, message });
}

function failJob(job: number, error: unknown): void {
  const message = sentence(error);
  if (message === null) return;
  post({ type: 'failed', job, message });
  closeJob(job);
}

/** What an error says, or null when the instance stopped in the middle of something and nothing in it can be trusted. */
function sentence(error: unknown): string | null {
  const intact = !(error instanceof WebAssembly.RuntimeError || error instanceof PieceFailed);
  if (error instanceof Error && intact) return error.message;
  post({ type: 'broken', message: error instanceof Error ? error.message : String(error) });
  return null;
}

if (port.on) port.on('message', (message) => receive(message as ToWorker));
else globalThis.onmessage = (event: MessageEvent<ToWorker>) => receive(event.data);
