using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine;
using CreditGrains.Engine.Scoring;

namespace CreditGrains.Server.Demo;

/// <summary>
/// A scorecard and a policy that decide on the demo town's cards: the card acts, a stricter cut of it is tried on a tenth of the accounts, a third runs in the shadow, and so does a second policy. Registered once.
/// </summary>
internal static class DemoRisk
{
    private static readonly NodeKey Entity = new(0, 1, 1, NodeKind.None);
    private static readonly NodeKey Cards = new(101, 1, 1, NodeKind.Product);

    /// <exception cref="StartException">DemoRefused: the directory holds another book, or the engine cannot decide now.</exception>
    public static async Task SeedAsync(ICreditEngine engine, TimeProvider clock)
    {
        if ((await engine.GetRiskAsync(Entity.Tenant, Entity.LegalEntity)).Activations.Count > 0) return;
        var registrar = new RiskRegistrar(engine, () => RequestId.FromGuid(Guid.CreateVersion7(clock.GetUtcNow())));
        var (card, reasons, policy) = (Text("scorecard-authorize.json"), Text("reasons-authorize.json"), Text("policy-authorize.dmn"));
        string[] cards = [card, card.Replace("\"cutoff\": 520", "\"cutoff\": 535", StringComparison.Ordinal), card.Replace("\"points\": 110", "\"points\": 100", StringComparison.Ordinal)];
        for (var i = 0; i < cards.Length; i++) Check("the scorecard", (await registrar.RegisterModelAsync(Entity, "card", i + 1, Bytes(cards[i]), Bytes(reasons), "")).Outcome);
        string[] policies = [policy, policy.Replace("&lt; 520", "&lt; 535", StringComparison.Ordinal)];
        for (var i = 0; i < policies.Length; i++) Check("the policy", (await registrar.RegisterPolicyAsync(Entity, "authorize", i + 1, Bytes(policies[i]), "Request")).Outcome);
        await ActAsync(new ActivateModel(Cards, "card", 1, VersionRole.Acting, 0, 0, "ana", "bo"));
        await ActAsync(new ActivateModel(Cards, "card", 2, VersionRole.Challenger, 100_000, 0, "ana", "bo"));
        await ActAsync(new ActivateModel(Cards, "card", 3, VersionRole.Shadow, 0, 0, "ana", ""));
        await ActAsync(new ActivatePolicy(Cards, "authorize", 1, VersionRole.Acting, 0, "ana", "bo"));
        await ActAsync(new ActivatePolicy(Cards, "authorize", 2, VersionRole.Shadow, 0, "ana", ""));

        async Task ActAsync(ControlCommand activation) => Check("a role", await registrar.ActivateAsync(activation));
    }

    private static void Check(string what, in Outcome outcome)
    {
        if (outcome.Kind != OutcomeKind.Posted && outcome.Reason != Reason.NoChange) throw StartException.DemoRefused(what, outcome);
    }

    private static ReadOnlyMemory<byte> Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private static string Text(string name)
    {
        using var reader = new StreamReader(typeof(DemoRisk).Assembly.GetManifestResourceStream($"demo/{name}")!);
        return reader.ReadToEnd();
    }
}
