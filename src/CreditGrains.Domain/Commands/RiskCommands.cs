using CreditGrains.Domain.Limits;

namespace CreditGrains.Domain.Commands;

/// <summary>What a version of a model or policy does in a scope. The numbers are part of the journal format.</summary>
public enum VersionRole : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Decides for the scope's accounts; one version at a time.</summary>
    Acting = 1,

    /// <summary>Models only: decides for a share of the scope's accounts.</summary>
    Challenger = 2,

    /// <summary>Runs beside, behind the feed; decides nothing.</summary>
    Shadow = 3,

    /// <summary>Does nothing any more in the scope.</summary>
    Retired = 4,
}

/// <summary>
/// A part of a file that later commands name by its hash. Parts come in order; the last one must complete the hash. A file that is there already
/// declines with NoChange.
/// </summary>
/// <param name="Key">Tenant and legal entity; kind and id stay default.</param>
/// <param name="Hash">SHA-256 of the whole file.</param>
/// <param name="Length">Bytes of the whole file, 1 to <see cref="LengthMax"/>.</param>
/// <param name="Offset">Place of this part, 0 or more: where the part before ended.</param>
/// <param name="Bytes">1 to <see cref="PartMax"/> bytes.</param>
public sealed record PutContent(NodeKey Key, ContentHash Hash, int Length, int Offset, byte[] Bytes) : ControlCommand(CommandKind.PutContent, Key)
{
    /// <summary>Longest file, bytes.</summary>
    public const int LengthMax = 16 << 20;

    /// <summary>Longest part, bytes.</summary>
    public const int PartMax = 48 << 10;

    /// <summary>The parts of a file, in order.</summary>
    public static IEnumerable<PutContent> PartsOf(NodeKey key, ReadOnlyMemory<byte> file)
    {
        var hash = ContentHash.Of(file.Span);
        for (var at = 0; at < file.Length; at += PartMax)
            yield return new PutContent(key, hash, file.Length, at, file.Slice(at, Math.Min(PartMax, file.Length - at)).ToArray());
    }
}

/// <summary>Adds a version of a model: its file must be whole.</summary>
/// <param name="Key">Tenant and legal entity; kind and id stay default.</param>
/// <param name="Name">1 to 64 of letters, digits, dot, underscore, hyphen.</param>
/// <param name="Version">1 or more, not taken; the usual is one more than the name's newest.</param>
/// <param name="Content">The model's file: scorecard or logistic JSON, or ONNX.</param>
/// <param name="Reasons">The file of reason texts; the default is none, and inputs are then their own codes.</param>
/// <param name="Metadata">Whatever goes with it, such as JSON of who trained it on what; at most 32,768 bytes of UTF-8.</param>
public sealed record RegisterModel(NodeKey Key, string Name, int Version, ContentHash Content, ContentHash Reasons, string Metadata) : ControlCommand(CommandKind.RegisterModel, Key)
{
    /// <summary>Longest metadata, bytes of UTF-8.</summary>
    public const int MetadataMax = 32_768;

    /// <summary>Longest name, characters.</summary>
    public const int NameMax = 64;
}

/// <summary>Adds a version of a policy: its file must be whole.</summary>
/// <param name="Key">Tenant and legal entity; kind and id stay default.</param>
/// <param name="Name">1 to 64 of letters, digits, dot, underscore, hyphen.</param>
/// <param name="Version">1 or more, not taken; the usual is one more than the name's newest.</param>
/// <param name="Content">The policy's DMN file.</param>
/// <param name="Decision">Which of its decisions decides a request; at most 256 characters.</param>
public sealed record RegisterPolicy(NodeKey Key, string Name, int Version, ContentHash Content, string Decision) : ControlCommand(CommandKind.RegisterPolicy, Key)
{
    /// <summary>Longest name of a decision, characters.</summary>
    public const int DecisionMax = 256;
}

/// <summary>Gives a version of a model a role in a scope, from a moment on. One principal makes it, another checks it; a shadow and its end need no checker.</summary>
/// <param name="Key">The scope: tenant and legal entity (kind and id default), or a node other than a facility, for the facilities that count in it.</param>
/// <param name="Name">Name of the model.</param>
/// <param name="Version">Its version, 1 or more.</param>
/// <param name="Role">What it does from then on.</param>
/// <param name="SharePpm">Challenger: share of accounts, 1 to 999,999 ppm; else 0.</param>
/// <param name="FromMicros">Writer time from which on; 0 or a past time is now.</param>
/// <param name="Maker">Who makes it, 1 to 64 characters.</param>
/// <param name="Checker">Who checked it, another than the maker; may be empty for a shadow.</param>
public sealed record ActivateModel(NodeKey Key, string Name, int Version, VersionRole Role, int SharePpm, long FromMicros, string Maker, string Checker)
    : ControlCommand(CommandKind.ActivateModel, Key);

/// <summary>Gives a version of a policy a role in a scope, from a moment on: acting, shadow or retired. As for models.</summary>
/// <param name="Key">The scope: tenant and legal entity (kind and id default), or a node other than a facility.</param>
/// <param name="Name">Name of the policy.</param>
/// <param name="Version">Its version, 1 or more.</param>
/// <param name="Role">What it does from then on; no challenger.</param>
/// <param name="FromMicros">Writer time from which on; 0 or a past time is now.</param>
/// <param name="Maker">Who makes it, 1 to 64 characters.</param>
/// <param name="Checker">Who checked it, another than the maker; may be empty for a shadow.</param>
public sealed record ActivatePolicy(NodeKey Key, string Name, int Version, VersionRole Role, long FromMicros, string Maker, string Checker)
    : ControlCommand(CommandKind.ActivatePolicy, Key);
