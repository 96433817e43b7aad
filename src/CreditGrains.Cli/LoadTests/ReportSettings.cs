using System.Diagnostics;
using System.Globalization;
using CreditGrains.Cli.Bench.Http2;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Risk.Features;

namespace CreditGrains.Cli.LoadTests;

/// <summary>What was asked of a run, for its report: two reports compare only where these agree.</summary>
internal static class ReportSettings
{
    private const string NotKnown = "not known";
    private const int HashDigits = 12;

    /// <summary>All of them; no name is left out, so that a report says also what does not apply.</summary>
    /// <param name="scenario">What is run.</param>
    /// <param name="settings">How.</param>
    /// <param name="scoredBy">What scores.</param>
    /// <param name="catalogue">Its features; null when nothing scores.</param>
    public static IReadOnlyList<NamedText> Of(Scenario scenario, LoadTestSettings settings, ScoredBy scoredBy, FeatureCatalogue? catalogue)
    {
        var bench = settings.Bench;
        var isOwn = bench.Address is null;
        return
        [
            new("asked rate", settings.RatePerSecond > 0 ? Text($"{settings.RatePerSecond:N0} requests/s") : Text($"{scenario.PartOfPeak} of the peak")),
            new("length", Text($"{settings.Seconds:0.###} s")),
            new("warm-up", Text($"{bench.WarmUpSeconds:0.###} s")),
            new("lifetime of holds", bench.HoldSeconds == 0 ? "the engine's own" : Text($"{bench.HoldSeconds} s")),
            new("scored by", scoredBy switch { ScoredBy.None => "nothing", ScoredBy.Card => "a scorecard", _ => "trees" }),
            new("catalogue of features", catalogue is null ? "none" : $"{Path.GetFileName(settings.CataloguePath)} {Convert.ToHexStringLower(catalogue.Hash.AsSpan())[..HashDigits]}"),
            new("nodes", Text($"{bench.Shape.Borrowers:N0} borrowers, {bench.Shape.Enterprises:N0} enterprises, {bench.Shape.Products:N0} products")),
            new("seed", Text($"{bench.Seed}")),
            new("server", isOwn ? bench.ServeWith is { } program ? $"started from {program}" : "started by the run" : Text($"at {bench.Address}")),
            new("desk", !isOwn ? NotKnown : bench.HasDesk ? "yes" : "no"),
            new("API key", bench.Authorization is null ? "no" : "yes"),
            new("file system of the data", isOwn ? DataDisk.FileSystemOf(bench.DataDirectory) ?? NotKnown : NotKnown),
        ];
    }

    /// <summary>How requests are sent, in words.</summary>
    public static string TransportOf(LoadTestSettings settings) => settings.Transport == Transport.Stream
        ? Text($"gRPC streams: {settings.StreamConnections} connections, batches of {settings.Bench.BatchLength} or of what has waited {BatchDeparture.WaitMaxMs} ms, {settings.Bench.BatchesInFlight} under way on each")
        : Text($"gRPC unary: {settings.Bench.Connections} connections, {settings.Bench.Streams} calls under way on each");

    /// <summary>Commit of the server that is measured.</summary>
    public static string ServerCommitOf(LoadTestSettings settings)
    {
        if (settings.Bench.Address is not null) return NotKnown;
        // 'dotnet' as the program runs this one.
        if (settings.Bench.ServeWith is not { } program || Path.GetFileNameWithoutExtension(program) == "dotnet") return Machine.CommitHere;
        var assembly = program.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) ? program : $"{(program.EndsWith(".exe", StringComparison.OrdinalIgnoreCase) ? program[..^4] : program)}.dll";
        return File.Exists(assembly) ? Machine.CommitOf(FileVersionInfo.GetVersionInfo(assembly).ProductVersion) : NotKnown;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
