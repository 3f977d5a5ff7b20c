import { attentionModel } from './onnx-model.ts';
import type { MakeSolver } from './problem.ts';

interface Tensor {
  data: Float32Array;
}

/** What is used of onnxruntime-web. */
interface OnnxRuntime {
  env: { wasm: { numThreads: number; wasmPaths: string }; logLevel: string; versions: { web?: string } };
  Tensor: new (type: 'float32', data: Float32Array, shape: [number, number]) => Tensor;
  InferenceSession: {
    create(
      model: Uint8Array,
      options: object,
    ): Promise<{ run(inputs: Record<string, Tensor>): Promise<Record<string, Tensor>> }>;
  };
}

/** Whole matrices of weights would leave the caches, and for large n the memory. */
const queriesPerRun = 512;

export const onnxRuntime: MakeSolver = async ({ n, d, queries, keys, values }, threads) => {
  const folder = '/peers/onnxruntime-web/dist/';
  const address = `${folder}ort.wasm.min.mjs`;
  const ort = (await import(address)) as OnnxRuntime;
  ort.env.wasm.numThreads = threads;
  ort.env.wasm.wasmPaths = new URL(folder, location.href).href;
  ort.env.logLevel = 'error';
  const session = await ort.InferenceSession.create(attentionModel(d), {
    executionProviders: ['wasm'],
    graphOptimizationLevel: 'all',
    enableMemPattern: false,
  });
  const all = { K: new ort.Tensor('float32', keys, [n, d]), V: new ort.Tensor('float32', values, [n, d]) };
  return {
    name: `onnxruntime-web ${ort.env.versions.web ?? ''}`.trim(),
    run: async () => {
      const outputs = new Float32Array(n * d);
      for (let first = 0; first < n; first += queriesPerRun) {
        const rows = Math.min(queriesPerRun, n - first);
        const part = queries.subarray(first * d, (first + rows) * d);
        const { O } = await session.run({ Q: new ort.Tensor('float32', part, [rows, d]), ...all });
        outputs.set(O!.data, first * d);
      }
      return outputs;
    },
  };
};
