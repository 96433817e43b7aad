using CreditGrains.Cli.Bench.Http2;
using CreditGrains.Cli.Bench.Measure;
using CreditGrains.Domain.Decisions;

namespace CreditGrains.Cli.Tests.Bench;

/// <summary>The generator against servers that use more of HTTP/2 than Kestrel does.</summary>
public class OddServerTest
{
    public static TheoryData<string> Scripts => [.. Table.Keys];

    private static readonly Dictionary<string, ServerScript> Table = new()
    {
        ["table grows, evicts, Huffman"] = new(),
        ["no table for requests"] = new(TableSize: 0),
        ["small table for requests"] = new(TableSize: 300),
        ["windows of seven bytes"] = new(InitialWindow: 7),
        ["continuation, padding, pings, unknown frames"] = new(SplitsFrames: true),
        ["fewer streams than asked"] = new(StreamsMax: 3),
    };

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Unary_OddServer_EveryReplyIsRead(string script)
    {
        using var server = new ScriptedServer(Table[script]);
        var tally = new Tally();
        using var connection = new UnaryConnection(server.Address, 8, GeneratorTest.Source(), tally);
        GeneratorTest.RunUntil([connection], tally, 500);
        Assert.Null(server.Fault);
        Assert.Empty(tally.Errors);
        Assert.InRange(tally.CountOf(OutcomeKind.Approved), 500, long.MaxValue);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public void Unary_GoAway_UnseenCallsAreSentAgainElsewhere()
    {
        using var server = new ScriptedServer(new ServerScript(StreamsBeforeGoAway: 50));
        var tally = new Tally();
        using var connection = new UnaryConnection(server.Address, 8, GeneratorTest.Source(), tally);
        GeneratorTest.RunUntil([connection], tally, 300);
        Assert.Null(server.Fault);
        Assert.Empty(tally.Errors);
        Assert.InRange(server.Connections, 6, int.MaxValue);
    }
}
