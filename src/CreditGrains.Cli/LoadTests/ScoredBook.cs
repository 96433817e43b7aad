using CreditGrains.Api.Mapping;
using CreditGrains.Api.Transport.Client;
using CreditGrains.Cli.Bench;
using CreditGrains.Cli.Bench.Runs;
using CreditGrains.Cli.Control;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Risk.Features;

namespace CreditGrains.Cli.LoadTests;

/// <summary>What scores the requests of a load test.</summary>
internal enum ScoredBy
{
    /// <summary>Nothing: limits alone decide.</summary>
    None,

    /// <summary>Features, a scorecard and a policy.</summary>
    Card,

    /// <summary>Features, 200 trees of six splits and a policy.</summary>
    Trees,
}

/// <summary>Puts a catalogue of features, a model and a policy in force on a server, or out of it.</summary>
internal static class ScoredBook
{
    private const string Policy = "load-policy";
    private static readonly NodeKey Scope = new(0, 1, 1, NodeKind.None);

    /// <summary>Makes the server score by what is asked from here on.</summary>
    /// <param name="channel">To the server.</param>
    /// <param name="by">What scores.</param>
    /// <param name="catalogue">The features; null only when nothing scores.</param>
    /// <exception cref="BenchFault">The server does not take it.</exception>
    public static async Task PutAsync(RpcChannel channel, ScoredBy by, FeatureCatalogue? catalogue)
    {
        if (by == ScoredBy.None)
        {
            // A book that another run left scored.
            foreach (var name in (string[])["load-card", "load-trees"]) await TrySendAsync(channel, new ActivateModel(Scope, name, 1, VersionRole.Retired, 0, 0, "load", "check"));
            await TrySendAsync(channel, new ActivatePolicy(Scope, Policy, 1, VersionRole.Retired, 0, "load", "check"));
            await SendAsync(channel, new ActivateFeatures(Scope, []));
            return;
        }

        ArgumentNullException.ThrowIfNull(catalogue);
        IReadOnlyList<string> features = [.. catalogue.Features.Select(feature => feature.Name)];
        var (model, file) = by == ScoredBy.Card ? ("load-card", RiskModels.Card(features)) : ("load-trees", RiskModels.Trees(features));
        var policy = RiskModels.Policy();
        foreach (var part in (IEnumerable<PutContent>)[.. PutContent.PartsOf(Scope, file), .. PutContent.PartsOf(Scope, policy)]) await SendAsync(channel, part);
        await SendAsync(channel, new ActivateFeatures(Scope, catalogue.Content.ToArray()));
        await SendAsync(channel, new RegisterModel(Scope, model, 1, ContentHash.Of(file), default, ""));
        await SendAsync(channel, new RegisterPolicy(Scope, Policy, 1, ContentHash.Of(policy), "Request"));
        await SendAsync(channel, new ActivateModel(Scope, model, 1, VersionRole.Acting, 0, 0, "load", "check"));
        await SendAsync(channel, new ActivatePolicy(Scope, Policy, 1, VersionRole.Acting, 0, "load", "check"));
    }

    private static async Task SendAsync(RpcChannel channel, ControlCommand control)
    {
        if (await TrySendAsync(channel, control) is { } refusal) throw new BenchFault($"{control.Kind} was not taken: {refusal}");
    }

    /// <summary>Sends a command; why it was not taken, or null.</summary>
    private static async Task<string?> TrySendAsync(RpcChannel channel, ControlCommand control)
    {
        var id = RequestIds.Draw();
        var decision = await Sending.ExecuteAsync(channel, CommandMapping.Write(Command.Of(id, control)), $"--id {id}", CancellationToken.None);
        return decision.Kind == Api.V1.OutcomeKind.Posted || decision.ReasonName == nameof(Reason.NoChange) ? null : $"{decision.ReasonName} {decision.Message}";
    }
}
