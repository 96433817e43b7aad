namespace CreditGrains.Engine.Tests.Journal;

/// <summary>Two streams in memory, each reading what the other writes. Blocking; closing one ends the other.</summary>
internal static class DuplexPipe
{
    public static (Stream Left, Stream Right) Create()
    {
        var there = new Channel();
        var back = new Channel();
        return (new End(there, back), new End(back, there));
    }

    private sealed class Channel
    {
        private readonly Queue<byte> _bytes = new();
        private bool _isClosed;

        public void Write(ReadOnlySpan<byte> source)
        {
            lock (_bytes)
            {
                if (_isClosed) throw new IOException("The other end is closed.");
                foreach (byte each in source) _bytes.Enqueue(each);
                Monitor.PulseAll(_bytes);
            }
        }

        public int Read(Span<byte> destination)
        {
            lock (_bytes)
            {
                while (_bytes.Count == 0 && !_isClosed) Monitor.Wait(_bytes);
                int count = Math.Min(destination.Length, _bytes.Count);
                for (int i = 0; i < count; i++) destination[i] = _bytes.Dequeue();
                return count;
            }
        }

        public void Close()
        {
            lock (_bytes)
            {
                _isClosed = true;
                Monitor.PulseAll(_bytes);
            }
        }
    }

    private sealed class End(Channel writes, Channel reads) : Stream
    {
        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer) => reads.Read(buffer);

        public override int Read(byte[] buffer, int offset, int count) => reads.Read(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer) => writes.Write(buffer);

        public override void Write(byte[] buffer, int offset, int count) => writes.Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
            // Nothing is held back.
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            writes.Close();
            reads.Close();
            base.Dispose(disposing);
        }
    }
}
