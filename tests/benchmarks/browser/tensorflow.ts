import type { MakeSolver } from './problem.ts';

interface Tensor {
  dataSync(): Float32Array;
  dispose(): void;
}

/** What is used of tfjs and its wasm backend, which a script leaves in the page. */
interface TensorFlow {
  version_core: string;
  wasm: { setThreadsCount(count: number): void; setWasmPaths(folder: string): void };
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  tensor2d(numbers: Float32Array, shape: [number, number]): Tensor;
  transpose(x: Tensor): Tensor;
  slice(x: Tensor, begin: [number, number], size: [number, number]): Tensor;
  mul(a: Tensor, b: number): Tensor;
  matMul(a: Tensor, b: Tensor): Tensor;
  softmax(x: Tensor): Tensor;
  tidy(make: () => Tensor): Tensor;
}

const folder = '/peers/@tensorflow/';
/** Whole matrices of weights would leave the caches, and for large n the memory. */
const queriesPerRun = 512;

export const tensorFlow: MakeSolver = async ({ n, d, queries, keys, values }, threads) => {
  for (const name of [
    'tfjs-core/dist/tf-core',
    'tfjs-backend-cpu/dist/tf-backend-cpu',
    'tfjs-backend-wasm/dist/tf-backend-wasm',
  ]) {
    await script(`${folder}${name}.min.js`);
  }
  const { tf } = globalThis as unknown as { tf: TensorFlow };
  tf.wasm.setThreadsCount(threads);
  tf.wasm.setWasmPaths(new URL(`${folder}tfjs-backend-wasm/dist/`, location.href).href);
  if (!(await tf.setBackend('wasm'))) throw new Error('tfjs has no wasm backend here');
  await tf.ready();
  const [Q, K, V] = [queries, keys, values].map((rows) => tf.tensor2d(rows, [n, d])) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  return {
    name: `tfjs-backend-wasm ${tf.version_core}`,
    run: async () => {
      const outputs = new Float32Array(n * d);
      // A product with a transposed matrix is many times slower than to transpose it first.
      const transposed = tf.transpose(K);
      for (let first = 0; first < n; first += queriesPerRun) {
        const rows = Math.min(queriesPerRun, n - first);
        const O = tf.tidy(() => {
          const part = tf.mul(tf.slice(Q, [first, 0], [rows, d]), 1 / Math.sqrt(d));
          return tf.matMul(tf.softmax(tf.matMul(part, transposed)), V);
        });
        outputs.set(O.dataSync(), first * d);
        O.dispose();
      }
      transposed.dispose();
      return outputs;
    },
  };
};

function script(address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const element = document.createElement('script');
    element.src = address;
    element.onload = () => resolve();
    element.onerror = () => reject(new Error(`${address} does not load`));
    document.head.append(element);
  });
}
