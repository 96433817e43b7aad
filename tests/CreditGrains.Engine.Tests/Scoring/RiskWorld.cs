using System.Text;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Tests.Rules;

namespace CreditGrains.Engine.Tests.Scoring;

/// <summary>A world with files, versions and roles, and the examples of the documentation.</summary>
internal static class RiskWorld
{
    public static byte[] Example(string name) => File.ReadAllBytes(Path.Combine(Root(), "docs", "examples", name));

    public static byte[] Card => Example("scorecard-authorize.json");

    public static byte[] Texts => Example("reasons-authorize.json");

    public static byte[] Dmn => Example("policy-authorize.dmn");

    public static ContentHash Send(this World world, byte[] file)
    {
        foreach (var part in PutContent.PartsOf(World.Scope, file)) Assert.Contains(world.Do(part).Reason, new[] { Reason.None, Reason.NoChange });
        return ContentHash.Of(file);
    }

    public static Outcome AddModel(this World world, byte[] file, byte[]? texts = null, string name = "card", int version = 1) =>
        world.Do(new RegisterModel(World.Scope, name, version, world.Send(file), texts is null ? default : world.Send(texts), ""));

    public static Outcome AddPolicy(this World world, byte[] file, string name = "limits", int version = 1, string decision = "Request") =>
        world.Do(new RegisterPolicy(World.Scope, name, version, world.Send(file), decision));

    public static Outcome Role(this World world, VersionRole role, string name = "card", int version = 1, int share = 0, long from = 0, NodeKey scope = default) =>
        world.Do(new ActivateModel(scope == default ? World.Scope : scope, name, version, role, share, from, "ann", "bob"));

    public static Outcome PolicyRole(this World world, VersionRole role, string name = "limits", int version = 1, long from = 0) =>
        world.Do(new ActivatePolicy(World.Scope, name, version, role, from, "ann", "bob"));

    /// <summary>A line of 10,000.00 with the example's scorecard acting.</summary>
    public static World WithCard(bool withPolicy = false)
    {
        var world = new World();
        world.Open(NodeKind.Borrower, 1, 100_000_00);
        world.OpenLine(1, 10_000_00, World.Node(NodeKind.Borrower));
        Assert.Equal(OutcomeKind.Posted, world.AddModel(Card, Texts).Kind);
        Assert.Equal(OutcomeKind.Posted, world.Role(VersionRole.Acting).Kind);
        if (!withPolicy) return world;
        Assert.Equal(OutcomeKind.Posted, world.AddPolicy(Dmn).Kind);
        Assert.Equal(OutcomeKind.Posted, world.PolicyRole(VersionRole.Acting).Kind);
        return world;
    }

    public static Outcome Ask(this World world, long amount, string? attributes = null, Channel channel = Channel.Online, long amountMin = 0, long facility = 1) =>
        world.Do(world.Of(CommandKind.Authorize, amount, 0, facility) with { Channel = channel, AmountMin = amountMin, Attributes = attributes is null ? null : Encoding.UTF8.GetBytes(attributes) });

    /// <summary>A scorecard of one characteristic that gives everyone the same points.</summary>
    public static byte[] Flat(string name, double points, double? cutoff = null) => Encoding.UTF8.GetBytes(FormattableString.Invariant(
        $"{{\"kind\":\"scorecard\",\"name\":\"{name}\",\"scale\":{{\"points\":600,\"odds\":30,\"pdo\":20}},\"basePoints\":0,{(cutoff is { } c ? FormattableString.Invariant($"\"cutoff\":{c},") : "")}\"characteristics\":[{{\"input\":\"amount\",\"bins\":[{{\"points\":{points}}}],\"missingPoints\":0,\"cutoffAverage\":{points + 10}}}]}}"));

    private static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "CreditGrains.sln")))
            directory = directory.Parent ?? throw new InvalidOperationException("Run the tests from a checkout: CreditGrains.sln was not found above them.");
        return directory.FullName;
    }
}
