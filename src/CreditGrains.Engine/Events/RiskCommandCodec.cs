using System.Text;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;

namespace CreditGrains.Engine.Events;

/// <summary>The bytes of commands about models and policies. Commands were validated, so texts are within their bounds.</summary>
internal static class RiskCommandCodec
{
    // A file may hold any bytes, and 512 zero bytes in a row would look like a sector that was never written (docs/journal-format.md).
    private const int MarkEvery = 256;
    private const byte Mark = 0xC6;

    /// <summary>Most bytes a control command takes beside its key.</summary>
    public static int LengthMax(this ControlCommand control) => control switch
    {
        PutContent c => 128 + c.Bytes.Length + c.Bytes.Length / MarkEvery,
        RegisterModel c => 512 + 4 * c.Metadata.Length,
        RegisterPolicy c => 512 + 4 * c.Decision.Length,
        ActivateModel or ActivatePolicy => 1_024,
        DefinePool c => 512 + c.Terms.Length,
        ActivateFeatures c => 512 + c.Catalogue.Length,
        LoanTakeover c => 1_056 + (c.Offer.Product?.Bytes.Length ?? 0),
        LoanOffer c => 1_024 + (c.Product?.Bytes.Length ?? 0),
        _ => 512,
    };

    public static void Write(ref EventWriter w, ControlCommand control)
    {
        switch (control)
        {
            case PutContent c:
                Hash(ref w, c.Hash);
                w.Unsigned((ulong)c.Length);
                w.Unsigned((ulong)c.Offset);
                w.Unsigned((ulong)c.Bytes.Length);
                Marked(ref w, c.Bytes);
                break;
            case RegisterModel c:
                Text(ref w, c.Name);
                w.Unsigned((ulong)c.Version);
                Hash(ref w, c.Content);
                w.Byte(c.Reasons == default ? (byte)0 : (byte)1);
                if (c.Reasons != default) Hash(ref w, c.Reasons);
                Text(ref w, c.Metadata);
                break;
            case RegisterPolicy c:
                Text(ref w, c.Name);
                w.Unsigned((ulong)c.Version);
                Hash(ref w, c.Content);
                Text(ref w, c.Decision);
                break;
            case ActivateModel c:
                Activation(ref w, c.Name, c.Version, c.Role);
                w.Unsigned((ulong)c.SharePpm);
                Principals(ref w, c.FromMicros, c.Maker, c.Checker);
                break;
            case ActivatePolicy c:
                Activation(ref w, c.Name, c.Version, c.Role);
                Principals(ref w, c.FromMicros, c.Maker, c.Checker);
                break;
            default:
                throw new NotSupportedException($"{control.GetType().Name} has no journal form.");
        }
    }

    public static ControlCommand Read(ref EventReader r, CommandKind kind, NodeKey key) => kind switch
    {
        CommandKind.PutContent => new PutContent(key, Hash(ref r), r.Int(), r.Int(), Marked(ref r, r.Int())),
        CommandKind.RegisterModel => new RegisterModel(key, Text(ref r), r.Int(), Hash(ref r), r.Byte() == 0 ? default : Hash(ref r), Text(ref r)),
        CommandKind.RegisterPolicy => new RegisterPolicy(key, Text(ref r), r.Int(), Hash(ref r), Text(ref r)),
        CommandKind.ActivateModel => new ActivateModel(key, Text(ref r), r.Int(), (VersionRole)r.Byte(), r.Int(), r.Long(), Text(ref r), Text(ref r)),
        CommandKind.ActivatePolicy => new ActivatePolicy(key, Text(ref r), r.Int(), (VersionRole)r.Byte(), r.Long(), Text(ref r), Text(ref r)),
        _ => throw new InvalidDataException($"{kind} is no command about models or policies."),
    };

    private static void Marked(ref EventWriter w, ReadOnlySpan<byte> bytes)
    {
        for (; !bytes.IsEmpty; bytes = bytes[Math.Min(MarkEvery, bytes.Length)..])
        {
            w.Bytes(bytes[..Math.Min(MarkEvery, bytes.Length)]);
            w.Byte(Mark);
        }
    }

    private static byte[] Marked(ref EventReader r, int length)
    {
        var bytes = new byte[length];
        for (var at = 0; at < length; at += MarkEvery)
        {
            r.Bytes(Math.Min(MarkEvery, length - at)).CopyTo(bytes.AsSpan(at));
            if (r.Byte() != Mark) throw new InvalidDataException("A part of a file in an event is not as it was written.");
        }
        return bytes;
    }

    private static void Activation(ref EventWriter w, string name, int version, VersionRole role)
    {
        Text(ref w, name);
        w.Unsigned((ulong)version);
        w.Byte((byte)role);
    }

    private static void Principals(ref EventWriter w, long fromMicros, string maker, string checker)
    {
        w.Unsigned(fromMicros);
        Text(ref w, maker);
        Text(ref w, checker);
    }

    private static void Hash(ref EventWriter w, ContentHash hash)
    {
        Span<byte> bytes = stackalloc byte[ContentHash.Length];
        hash.WriteBytes(bytes);
        w.Bytes(bytes);
    }

    private static ContentHash Hash(ref EventReader r) => ContentHash.FromBytes(r.Bytes(ContentHash.Length));

    private static void Text(ref EventWriter w, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        w.Unsigned((ulong)bytes.Length);
        w.Bytes(bytes);
    }

    private static string Text(ref EventReader r) => Encoding.UTF8.GetString(r.Bytes(r.Int()));
}
