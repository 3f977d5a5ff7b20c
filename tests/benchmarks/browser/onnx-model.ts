/** An ONNX model in the protocol buffers that onnxruntime reads: softmax(Q K' / sqrt(d)) V. Numbers are fields of onnx.proto. */

type Bytes = number[];

function varint(number: number): Bytes {
  const bytes: Bytes = [];
  for (; number > 127; number = Math.floor(number / 128)) bytes.push((number % 128) | 128);
  return [...bytes, number];
}

const integer = (field: number, value: number): Bytes => [...varint(field * 8), ...varint(value)];
const message = (field: number, ...parts: Bytes[]): Bytes => {
  const body = parts.flat();
  return [...varint(field * 8 + 2), ...varint(body.length), ...body];
};
const text = (field: number, value: string): Bytes => message(field, [...new TextEncoder().encode(value)]);
const float = (field: number, value: number): Bytes => [
  ...varint(field * 8 + 5),
  ...new Uint8Array(new Float32Array([value]).buffer),
];

const float32 = 1;
const attributeFloat = integer(20, 1);
const attributeInteger = integer(20, 2);

function node(operator: string, inputs: string[], output: string, ...attributes: Bytes[]): Bytes {
  return message(
    1,
    ...inputs.map((input) => text(1, input)),
    text(2, output),
    text(4, operator),
    ...attributes.map((attribute) => message(5, attribute)),
  );
}

/** A float32 matrix with a named number of rows. */
function matrix(field: number, name: string, rows: string, columns: number): Bytes {
  const shape = message(2, message(1, text(2, rows)), message(1, integer(1, columns)));
  return message(field, text(1, name), message(2, message(1, integer(1, float32), shape)));
}

export function attentionModel(d: number): Uint8Array {
  const alpha = [...text(1, 'alpha'), ...float(2, 1 / Math.sqrt(d)), ...attributeFloat];
  const transposed = [...text(1, 'transB'), ...integer(3, 1), ...attributeInteger];
  const graph = message(
    7,
    node('Gemm', ['Q', 'K'], 'logits', alpha, transposed),
    node('Softmax', ['logits'], 'weights'),
    node('MatMul', ['weights', 'V'], 'O'),
    text(2, 'attention'),
    matrix(11, 'Q', 'queries', d),
    matrix(11, 'K', 'keys', d),
    matrix(11, 'V', 'keys', d),
    matrix(12, 'O', 'queries', d),
  );
  const irVersion = integer(1, 8);
  const operators = message(8, text(1, ''), integer(2, 13));
  return new Uint8Array([...irVersion, ...graph, ...operators]);
}
