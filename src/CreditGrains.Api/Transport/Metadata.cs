using System.Buffers;
using System.Collections;

namespace CreditGrains.Api.Transport;

/// <summary>
/// Ordered key–value pairs sent before (headers) or after (trailers) the messages of a call. Keys are lower case; a key
/// ending in <c>-bin</c> holds bytes, any other holds printable ASCII. A key may repeat.
/// </summary>
public sealed class Metadata : IReadOnlyList<KeyValuePair<string, object>>
{
    private static readonly SearchValues<char> KeyCharacters =
        SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyz_-.");

    private readonly List<KeyValuePair<string, object>> entries = [];

    /// <summary>How many pairs there are.</summary>
    public int Count => entries.Count;

    /// <summary>The pair at a position; the value is a <see cref="string"/> or, for a -bin key, a <c>byte[]</c>.</summary>
    public KeyValuePair<string, object> this[int index] => entries[index];

    /// <summary>Adds a text value.</summary>
    /// <exception cref="ArgumentException">The key is not a metadata key, is reserved, or ends in -bin; or the value is
    /// not printable ASCII.</exception>
    public void Add(string key, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var name = CheckKey(key);
        if (IsBinary(name))
            throw new ArgumentException($"Metadata key '{name}' ends in -bin and takes bytes.", nameof(key));
        if (value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            throw new ArgumentException($"Metadata '{name}' holds a character that is not printable ASCII.", nameof(value));
        entries.Add(new(name, value));
    }

    /// <summary>Adds a binary value.</summary>
    /// <exception cref="ArgumentException">The key is not a metadata key, is reserved, or lacks the suffix -bin.</exception>
    public void Add(string key, byte[] value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var name = CheckKey(key);
        if (!IsBinary(name))
            throw new ArgumentException($"Metadata key '{name}' must end in -bin to take bytes.", nameof(key));
        entries.Add(new(name, value));
    }

    /// <summary>The last text value of a key, or null.</summary>
    public string? GetText(string key) => Last(key) as string;

    /// <summary>The last binary value of a key, or null.</summary>
    public byte[]? GetBytes(string key) => Last(key) as byte[];

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object>> GetEnumerator() => entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal static bool IsBinary(string key) => key.EndsWith("-bin", StringComparison.Ordinal);

    /// <summary>Adds one header line as it came from the wire; a -bin line may join several values with commas.</summary>
    internal void AddWire(string key, string value)
    {
        if (!IsBinary(key))
        {
            entries.Add(new(key, value));
            return;
        }

        foreach (var part in value.Split(','))
            entries.Add(new(key, DecodeBase64(key, part.AsSpan().Trim())));
    }

    /// <summary>The value as it goes on the wire: text as it is, bytes as unpadded base64.</summary>
    internal static string WireValue(object value) =>
        value as string ?? Convert.ToBase64String((byte[])value).TrimEnd('=');

    private static byte[] DecodeBase64(string key, ReadOnlySpan<char> text)
    {
        var trimmed = text.TrimEnd('=');
        var padded = string.Concat(trimmed, ((4 - (trimmed.Length % 4)) % 4) switch { 1 => "=", 2 => "==", _ => "" });
        var bytes = new byte[padded.Length / 4 * 3];
        if (!Convert.TryFromBase64String(padded, bytes, out var written))
            throw new RpcException(StatusCode.InvalidArgument, $"Metadata '{key}' is not base64.");
        return bytes.AsSpan(0, written).ToArray();
    }

    private static string CheckKey(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        if (key.AsSpan().ContainsAnyExcept(KeyCharacters))
            throw new ArgumentException($"'{key}' is not a metadata key: use 0-9 a-z _ - .", nameof(key));
        if (ReservedHeaders.Contains(key))
            throw new ArgumentException($"Metadata key '{key}' is reserved by the transport.", nameof(key));
        return key;
    }

    private object? Last(string key)
    {
        for (var i = entries.Count - 1; i >= 0; i--)
            if (entries[i].Key == key)
                return entries[i].Value;
        return null;
    }
}
