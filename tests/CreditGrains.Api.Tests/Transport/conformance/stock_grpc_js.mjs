// Calls the echo server with the stock JavaScript client. Usage: node stock_grpc_js.mjs host:port.
import assert from 'node:assert/strict';
import grpc from '@grpc/grpc-js';

const client = new grpc.Client(process.argv[2], grpc.credentials.createInsecure());
const same = (bytes) => bytes;
const echo = (method) => `/creditgrains.test.EchoService/${method}`;
const hi = Buffer.from([0x0a, 2, 0x68, 0x69]);
const deadline = () => ({ deadline: Date.now() + 30_000 });

const unary = (path, request, metadata = new grpc.Metadata(), options = deadline()) =>
  new Promise((resolve, reject) =>
    client.makeUnaryRequest(path, same, same, request, metadata, options, (error, reply) =>
      error ? reject(error) : resolve(reply)));
const fails = (promise, code) => assert.rejects(promise, (error) => error.code === code);
const collect = async (stream) => {
  const all = [];
  for await (const message of stream) all.push(message);
  return all;
};

for (const method of ['Echo', 'EchoRaw']) assert.deepEqual(await unary(echo(method), hi), hi);

const headers = new grpc.Metadata();
headers.set('x-data-bin', Buffer.from([0, 255]));
headers.set('x-text', 't');
await new Promise((resolve, reject) => {
  const call = client.makeUnaryRequest(echo('Echo'), same, same, hi, headers, deadline(), (error) => error && reject(error));
  call.on('metadata', (metadata) => assert.deepEqual(metadata.get('x-text'), ['t']));
  call.on('status', (status) => {
    assert.deepEqual(status.metadata.get('x-data-bin'), [Buffer.from([0, 255])]);
    resolve();
  });
});

const repeat = client.makeServerStreamRequest(echo('Repeat'), same, same, Buffer.concat([hi, Buffer.from([0x30, 100])]), new grpc.Metadata(), deadline());
assert.equal((await collect(repeat)).length, 100);

const joined = await new Promise((resolve, reject) => {
  const call = client.makeClientStreamRequest(echo('Join'), same, same, new grpc.Metadata(), deadline(), (error, reply) =>
    error ? reject(error) : resolve(reply));
  for (let i = 0; i < 3; i++) call.write(hi);
  call.end();
});
assert.equal(joined.subarray(2).toString(), 'hihihi');

for (const method of ['Chat', 'ChatRaw']) {
  const chat = client.makeBidiStreamRequest(echo(method), same, same, new grpc.Metadata(), deadline());
  for (let i = 0; i < 500; i++) chat.write(hi);
  chat.end();
  assert.equal((await collect(chat)).length, 500);
}

const gzipped = new grpc.Client(process.argv[2], grpc.credentials.createInsecure(), { 'grpc.default_compression_algorithm': 2 });
const large = Buffer.concat([Buffer.from([0x0a, 0xa0, 0x9c, 0x01]), Buffer.alloc(20000, 'x')]);
const wantGzip = new grpc.Metadata();
wantGzip.set('x-gzip', '1');
assert.deepEqual(
  await new Promise((resolve, reject) =>
    gzipped.makeUnaryRequest(echo('Echo'), same, same, large, wantGzip, deadline(), (error, reply) => (error ? reject(error) : resolve(reply)))),
  large);

for (let code = 1; code <= 16; code++) await fails(unary(echo('Echo'), Buffer.concat([hi, Buffer.from([0x28, code])])), code);
await fails(unary('/no.Such/Method', hi), grpc.status.UNIMPLEMENTED);
await fails(unary(echo('Echo'), Buffer.from([0x0a, 0xc8])), grpc.status.INVALID_ARGUMENT);
await fails(unary(echo('Echo'), Buffer.alloc(70_000)), grpc.status.RESOURCE_EXHAUSTED);
await fails(unary(echo('Hang'), hi, new grpc.Metadata(), { deadline: Date.now() + 50 }), grpc.status.DEADLINE_EXCEEDED);

assert.deepEqual(await unary('/grpc.health.v1.Health/Check', Buffer.alloc(0)), Buffer.from([8, 1]));
for (const version of ['v1', 'v1alpha']) {
  const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
  const reflection = client.makeBidiStreamRequest(path, same, same, new grpc.Metadata(), deadline());
  reflection.write(Buffer.from([0x3a, 1, 0x2a]));
  reflection.end();
  const [services] = await collect(reflection);
  assert.ok(services.includes('creditgrains.test.EchoService'));
}

client.close();
gzipped.close();
console.log('all checks hold');
