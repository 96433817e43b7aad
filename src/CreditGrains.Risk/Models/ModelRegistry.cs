using System.Collections.Immutable;
using System.Security.Cryptography;
using CreditGrains.Risk.Onnx;
using CreditGrains.Risk.Scorecards;

namespace CreditGrains.Risk.Models;

/// <summary>One version of a model: its bytes by hash, and from when on it acts.</summary>
/// <param name="Name">Name of the model.</param>
/// <param name="Version">Counted from 1 within the name.</param>
/// <param name="Hash">SHA-256 of the file, in hexadecimal: what decisions record.</param>
/// <param name="ActiveFrom">Acts from this moment on; null: registered, not active.</param>
/// <param name="Metadata">Whatever goes with it: who trained it, on what, its measures.</param>
/// <param name="Model">Compiled.</param>
public sealed record ModelVersion(string Name, int Version, string Hash, DateTimeOffset? ActiveFrom, ImmutableSortedDictionary<string, string> Metadata, CompiledModel Model);

/// <summary>All versions of all models. Immutable: each change gives a new registry, so a reader keeps what it has and nothing is half-applied.</summary>
public sealed class ModelRegistry
{
    /// <summary>Without any model.</summary>
    public static readonly ModelRegistry Empty = new([]);

    private ModelRegistry(ImmutableArray<ModelVersion> versions) => Versions = versions;

    /// <summary>All versions, by name and number.</summary>
    public ImmutableArray<ModelVersion> Versions { get; }

    /// <summary>Compiles a file by its content: JSON (scorecard, logistic, weighted, gated) or ONNX.</summary>
    /// <exception cref="ModelFault">It is neither, or no sound model.</exception>
    public static CompiledModel Compile(ReadOnlySpan<byte> file, OnnxReading? reading = null)
    {
        if (file.StartsWith("\uFEFF"u8)) file = file[3..];
        return IsJson(file) ? ModelFile.Read(file) : OnnxModel.Load(file, reading);
    }

    /// <summary>Whether a file begins as JSON does, comments allowed.</summary>
    internal static bool IsJson(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith("\uFEFF"u8)) file = file[3..];
        var text = file.TrimStart(" \n\r\t"u8);
        return text.Length > 0 && text[0] is (byte)'{' or (byte)'/';
    }

    /// <summary>SHA-256 of a file, in hexadecimal.</summary>
    public static string HashOf(ReadOnlySpan<byte> file) => Convert.ToHexStringLower(SHA256.HashData(file));

    /// <summary>Adds a version, not active yet. The same bytes under the same name change nothing.</summary>
    /// <exception cref="ModelFault">The name is empty, or the file is no sound model.</exception>
    public ModelRegistry Register(string name, ReadOnlySpan<byte> file, ImmutableSortedDictionary<string, string> metadata, OnnxReading? reading = null)
    {
        if (string.IsNullOrWhiteSpace(name)) throw new ModelFault("BadModel", "the model has no name; give one");
        var hash = HashOf(file);
        if (Versions.Any(one => one.Name == name && one.Hash == hash)) return this;
        var number = Versions.Where(one => one.Name == name).Select(one => one.Version).DefaultIfEmpty(0).Max() + 1;
        return Sorted(Versions.Add(new ModelVersion(name, number, hash, null, metadata, Compile(file, reading))));
    }

    /// <summary>Lets a version act from a moment on. What acted before is kept: <see cref="ActingAt"/> answers for any moment.</summary>
    /// <exception cref="ModelFault">There is no such version, it has a date already, or another version of the name has the same.</exception>
    public ModelRegistry Activate(string name, int version, DateTimeOffset from)
    {
        var found = Versions.FirstOrDefault(one => one.Name == name && one.Version == version)
            ?? throw new ModelFault("NoSuchModel", $"there is no version {version} of model '{name}'; register it first");
        if (found.ActiveFrom is { } dated) throw new ModelFault("AlreadyActive", $"version {version} of '{name}' is active from {dated:O}; register a new version to act again");
        if (Versions.Any(one => one.Name == name && one.ActiveFrom == from)) throw new ModelFault("AlreadyActive", $"another version of '{name}' is active from {from:O}; choose another moment");
        return Sorted(Versions.Replace(found, found with { ActiveFrom = from }));
    }

    /// <summary>The version of a name that acts at a moment: the one dated last at or before it; null when there is none.</summary>
    public ModelVersion? ActingAt(string name, DateTimeOffset at) =>
        Versions.Where(one => one.Name == name && one.ActiveFrom <= at).MaxBy(one => one.ActiveFrom);

    private static ModelRegistry Sorted(ImmutableArray<ModelVersion> versions) =>
        new([.. versions.OrderBy(one => one.Name, StringComparer.Ordinal).ThenBy(one => one.Version)]);
}
