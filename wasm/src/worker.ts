/** The worker: answers questions and takes part in runs, and never computes for long without listening. */

import { compileBinary } from './binary.ts';
import { instantiate, type Core } from './core.ts';
import type { Spec } from './api.ts';
import { ArrayInquiry, AttentionInquiry, TokensInquiry, type Finish, type Inquiry } from './inquiries.ts';
import type { FromWorker, Loaded, Question, Questions, ToRun, ToWorker, WasmSource } from './messages.ts';
import { nodeModule } from './node.ts';
import { RunPart } from './run-part.ts';
import { Slices } from './slices.ts';
import { PieceFailed } from './split-module.ts';

/** The page's end, in a browser or in Node. */
const port = (nodeModule('node:worker_threads')?.parentPort ?? globalThis) as {
  postMessage(message: unknown, transfer?: readonly Transferable[]): void;
  on?(event: 'message', listener: (message: unknown) => void): void;
};

function post(message: FromWorker, transfer: readonly Transferable[] = []): void {
  port.postMessage(message, transfer);
}

let core: Core | undefined;
/** What came before the core. */
const early: ToWorker[] = [];
const slices = new Slices();
const inquiries = new Map<number, Inquiry>();
const parts = new Map<number, RunPart>();

function receive(message: ToWorker): void {
  if (message.type === 'load') void load(message.id, message);
  else if (!core) early.push(message);
  else if (message.type === 'ask') answer(core, message.id, message.question);
  else if (message.type === 'drop') endInquiry(message.id);
  else receiveForRun(core, message);
  slices.wake();
}

async function load(id: number, source: WasmSource): Promise<void> {
  try {
    const binary = await compileBinary(source.binary);
    core = await instantiate(source.variant, binary);
    reply(id, { binary, version: core.version() } satisfies Loaded);
    for (const message of early.splice(0)) receive(message);
  } catch (error) {
    refuse(id, error);
  }
}

function answer(core: Core, id: number, question: Question): void {
  try {
    switch (question.kind) {
      case 'specs':
        return reply(id, builtinSpecs(core));
      case 'complete':
        return reply(id, core.complete(question.spec));
      case 'limit':
        return reply(id, core.limit(question.spec));
      case 'heads':
        return reply(id, core.heads(question.spec));
      case 'tokens':
        return startInquiry(id, (finish) => new TokensInquiry(core, question, finish));
      case 'attention':
        return startInquiry(id, (finish) => new AttentionInquiry(core, question, finish));
      case 'attend':
        return startInquiry(id, (finish) => new ArrayInquiry(core, question, finish));
    }
  } catch (error) {
    refuse(id, error);
  }
}

function builtinSpecs(core: Core): Questions['specs']['answer'] {
  return core
    .builtinSpecs()
    .map(({ name, summary, json }) => ({ name, summary, spec: JSON.parse(json) as Spec }));
}

function startInquiry<Answer>(id: number, make: (finish: Finish<Answer>) => Inquiry): void {
  const inquiry = make((found, transfer) => {
    reply(id, found, transfer);
    endInquiry(id);
  });
  inquiries.set(id, inquiry);
  slices.add(inquiry, (error) => {
    refuse(id, error);
    endInquiry(id);
  });
}

function endInquiry(id: number): void {
  const inquiry = inquiries.get(id);
  if (!inquiry) return;
  inquiries.delete(id);
  slices.remove(inquiry);
  inquiry.delete();
}

function receiveForRun(core: Core, message: ToRun): void {
  const { run } = message;
  try {
    if (message.type === 'open') {
      const part = new RunPart(core, message, post);
      parts.set(run, part);
      slices.add(part, (error) => failRun(run, error));
    } else if (message.type === 'close') {
      closeRun(run);
    } else {
      parts.get(run)?.receive(message);
    }
  } catch (error) {
    failRun(run, error);
  }
}

function closeRun(run: number): void {
  const part = parts.get(run);
  if (!part) return;
  parts.delete(run);
  slices.remove(part);
  part.delete();
}

function reply(id: number, found: unknown, transfer: readonly Transferable[] = []): void {
  post({ type: 'answer', id, answer: found }, transfer);
}

function refuse(id: number, error: unknown): void {
  const message = sentence(error);
  if (message !== null) post({ type: 'refusal', id, message });
}

function failRun(run: number, error: unknown): void {
  const message = sentence(error);
  if (message === null) return;
  post({ type: 'failed', run, message });
  closeRun(run);
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
