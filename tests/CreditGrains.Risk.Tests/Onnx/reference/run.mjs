// Runs ONNX models in ONNX Runtime. Each line of standard input is a job: { model, rows, inputs: [{ name, type, columns }], data, out }.
// data holds for each input its rows as raw little-endian numbers, one after the other; out receives all outputs as float64.
// With "single" the rows are run one at a time and the microseconds a row are printed.
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import ort from 'onnxruntime-node';

const arrays = { float32: Float32Array, float64: Float64Array, int64: BigInt64Array, int32: Int32Array };

function feed(job, bytes, from, count) {
  const feeds = {};
  let offset = 0;
  for (const input of job.inputs) {
    if (input.type === 'string') {
      feeds[input.name] = new ort.Tensor('string', input.texts.slice(from * input.columns, (from + count) * input.columns), [count, input.columns]);
      continue;
    }
    const kind = arrays[input.type];
    const width = kind.BYTES_PER_ELEMENT;
    const all = new kind(bytes.buffer, bytes.byteOffset + offset, job.rows * input.columns);
    feeds[input.name] = new ort.Tensor(input.type, all.slice(from * input.columns, (from + count) * input.columns), [count, input.columns]);
    offset += job.rows * input.columns * width;
  }
  return feeds;
}

for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() === '') continue;
  const job = JSON.parse(line);
  try {
    const session = await ort.InferenceSession.create(job.model, { intraOpNumThreads: 1, interOpNumThreads: 1 });
    const file = readFileSync(job.data);
    const bytes = new Uint8Array(new ArrayBuffer(file.length));
    bytes.set(file);
    if (job.single) {
      const rows = Math.min(job.rows, job.single);
      const feeds = [];
      for (let i = 0; i < rows; i++) feeds.push(feed(job, bytes, i, 1));
      for (let i = 0; i < Math.min(rows, 200); i++) await session.run(feeds[i], job.outputs);
      const start = process.hrtime.bigint();
      for (let i = 0; i < rows; i++) await session.run(feeds[i], job.outputs);
      console.log(JSON.stringify({ microseconds: Number(process.hrtime.bigint() - start) / 1000 / rows }));
      continue;
    }
    const result = await session.run(feed(job, bytes, 0, job.rows), job.outputs);
    const found = [];
    const texts = {};
    for (const name of job.outputs) {
      const tensor = result[name];
      if (tensor.type === 'string') texts[name] = tensor.data;
      else for (const value of tensor.data) found.push(Number(value));
    }
    writeFileSync(job.out, new Uint8Array(new Float64Array(found).buffer));
    console.log(JSON.stringify({ count: found.length, texts }));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error.message ?? error) }));
  }
}
