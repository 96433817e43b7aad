using System.Collections.Concurrent;
using System.Text;
using CreditGrains.Domain.Commands;
using CreditGrains.Risk.Models;
using CreditGrains.Risk.Policies;

namespace CreditGrains.Engine.Scoring;

/// <summary>
/// What files compile to, kept by hash for the whole process: the same bytes always give the same, so partitions share one, and a file that was looked at before
/// its registration costs the writer nothing. A few at a time: what is in force is held by plans.
/// </summary>
internal static class ScoringContent
{
    private const int KeptMax = 256;
    private static readonly ConcurrentDictionary<(ContentHash, ContentHash), ScoringModel> Models = new();
    private static readonly ConcurrentDictionary<(ContentHash, string), ScoringPolicy> Policies = new();

    /// <summary>A model with its reason texts.</summary>
    /// <exception cref="ModelFault">The file is refused; the message names line, node or input.</exception>
    public static ScoringModel Model(ContentHash content, ContentHash reasons, Func<byte[]> file, Func<byte[]?> texts)
    {
        if (Models.TryGetValue((content, reasons), out var known)) return known;
        if (Models.Count >= KeptMax) Models.Clear();
        return Models.GetOrAdd((content, reasons), _ => ScoringModel.Compile(file(), texts()));
    }

    /// <summary>A policy's decision.</summary>
    /// <exception cref="PolicyFault">The file is refused; the message names line and element.</exception>
    public static ScoringPolicy Policy(ContentHash content, string decision, Func<byte[]> file)
    {
        if (Policies.TryGetValue((content, decision), out var known)) return known;
        if (Policies.Count >= KeptMax) Policies.Clear();
        return Policies.GetOrAdd((content, decision), _ => ScoringPolicy.Compile(file(), decision));
    }

    /// <summary>Why a model cannot be used; null when it can.</summary>
    public static string? FaultOfModel(ContentHash content, ContentHash reasons, Func<byte[]> file, Func<byte[]?> texts)
    {
        try
        {
            Model(content, reasons, file, texts);
            return null;
        }
        catch (ModelFault fault)
        {
            return $"{fault.Name}: {fault.Message}";
        }
    }

    /// <summary>Why a policy cannot be used; null when it can.</summary>
    public static string? FaultOfPolicy(ContentHash content, string decision, Func<byte[]> file)
    {
        try
        {
            Policy(content, decision, file);
            return null;
        }
        catch (PolicyFault fault)
        {
            return $"{fault.Name}: {fault.Message}";
        }
    }

    /// <summary>A file's text.</summary>
    /// <exception cref="PolicyFault">It is no UTF-8.</exception>
    public static string TextOf(byte[] file)
    {
        try
        {
            var text = new UTF8Encoding(false, true).GetString(file);
            return text.StartsWith('\uFEFF') ? text[1..] : text;
        }
        catch (DecoderFallbackException)
        {
            throw new PolicyFault("NotUtf8", "the file is no UTF-8; save it as UTF-8");
        }
    }
}
