using CreditGrains.Engine.Files;
using Npgsql;

namespace CreditGrains.Orleans.Journal;

/// <summary>One open file of a partition. Writes wait in memory by chunks until a sync puts them into the database in one transaction.</summary>
internal sealed class PostgresFile(PostgresFiles files, string path, long file, long length) : IStoreFile
{
    private const int CachedMax = 4;
    private readonly Lock gate = new();
    private readonly SortedDictionary<int, byte[]> dirty = [];
    private readonly Dictionary<int, byte[]> cached = [];
    private long length = length;

    /// <inheritdoc/>
    public long Length
    {
        get
        {
            lock (gate) return length;
        }
    }

    /// <inheritdoc/>
    public int Read(long offset, Span<byte> destination)
    {
        lock (gate)
        {
            var wanted = (int)Math.Clamp(length - offset, 0, destination.Length);
            for (var done = 0; done < wanted;)
            {
                var (number, start) = PlaceOf(offset + done);
                var chunk = Chunk(number);
                var count = Math.Min(wanted - done, PostgresFiles.ChunkBytes - start);
                chunk.AsSpan(start, count).CopyTo(destination[done..]);
                done += count;
            }
            return wanted;
        }
    }

    /// <inheritdoc/>
    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        lock (gate)
        {
            while (!source.IsEmpty)
            {
                var (number, start) = PlaceOf(offset);
                var chunk = Writable(number);
                var count = Math.Min(source.Length, PostgresFiles.ChunkBytes - start);
                source[..count].CopyTo(chunk.AsSpan(start));
                source = source[count..];
                offset += count;
                length = Math.Max(length, offset);
            }
        }
    }

    /// <inheritdoc/>
    public void Preallocate(long length)
    {
        lock (gate) this.length = Math.Max(this.length, length);
    }

    /// <inheritdoc/>
    public void SetLength(long length)
    {
        lock (gate)
        {
            if (length < this.length && length % PostgresFiles.ChunkBytes is var start and not 0) Writable((int)(length / PostgresFiles.ChunkBytes)).AsSpan((int)start).Clear();
            this.length = length;
        }
    }

    /// <inheritdoc/>
    public void Sync()
    {
        lock (gate)
        {
            files.Change(path, connection =>
            {
                using var batch = new NpgsqlBatch(connection);
                foreach (var (number, bytes) in dirty)
                {
                    var put = new NpgsqlBatchCommand("insert into cg_file_chunk (file, chunk, bytes) values ($1, $2, $3) on conflict (file, chunk) do update set bytes = excluded.bytes");
                    put.Parameters.AddWithValue(file);
                    put.Parameters.AddWithValue(number);
                    put.Parameters.AddWithValue(bytes);
                    batch.BatchCommands.Add(put);
                }
                var grow = new NpgsqlBatchCommand("update cg_file set length = $2 where file = $1");
                grow.Parameters.AddWithValue(file);
                grow.Parameters.AddWithValue(length);
                batch.BatchCommands.Add(grow);
                return batch.ExecuteNonQuery();
            });
            dirty.Clear();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static (int Number, int Start) PlaceOf(long offset) => ((int)(offset / PostgresFiles.ChunkBytes), (int)(offset % PostgresFiles.ChunkBytes));

    private byte[] Writable(int number)
    {
        if (dirty.TryGetValue(number, out var chunk)) return chunk;
        chunk = number * (long)PostgresFiles.ChunkBytes < length ? (byte[])Chunk(number).Clone() : new byte[PostgresFiles.ChunkBytes];
        cached.Remove(number);
        return dirty[number] = chunk;
    }

    private byte[] Chunk(int number)
    {
        if (dirty.TryGetValue(number, out var chunk) || cached.TryGetValue(number, out chunk)) return chunk;
        chunk = files.Read(path, () =>
        {
            using var command = files.Database.CreateCommand("select bytes from cg_file_chunk where file = $1 and chunk = $2");
            command.Parameters.AddWithValue(file);
            command.Parameters.AddWithValue(number);
            // A chunk never written reads as zeros.
            return command.ExecuteScalar() as byte[] ?? new byte[PostgresFiles.ChunkBytes];
        });
        if (cached.Count >= CachedMax) cached.Clear();
        return cached[number] = chunk;
    }
}
