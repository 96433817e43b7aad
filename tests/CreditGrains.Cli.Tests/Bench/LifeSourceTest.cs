using CreditGrains.Api.Mapping;
using CreditGrains.Cli.Bench.Load;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using V1 = CreditGrains.Api.V1;

namespace CreditGrains.Cli.Tests.Bench;

/// <summary>The life of accounts as the server reads it.</summary>
public sealed class LifeSourceTest
{
    [Fact]
    public void Members_ReadByTheServersMapping_AreCommandsThatFollowEachOther()
    {
        var source = new LifeSource(10, seed: 3, TimeProvider.System, holdSeconds: 60);
        var holds = new Dictionary<long, (long Facility, long Amount)>();
        var drawn = new Dictionary<long, long>();
        var counts = new Dictionary<CommandKind, int>();
        var bytes = new byte[source.MemberLengthMax];
        for (var i = 1; i <= 5_000; i++)
        {
            var length = source.WriteMember(bytes, out var sent);
            var batch = V1.ExecuteBatchRequest.Parser.ParseFrom(bytes.AsSpan(0, length));
            Assert.True(CommandMapping.TryRead(Assert.Single(batch.Commands), out var command).IsNone);
            Assert.Equal((sent.Facility, PopulationShape.Currency), (command.Facility.Id, command.Kind == CommandKind.Void ? PopulationShape.Currency : command.Currency));
            counts[command.Kind] = counts.GetValueOrDefault(command.Kind) + 1;
            switch (command.Kind)
            {
                case CommandKind.Authorize:
                    Assert.Equal(60, command.LifetimeSeconds);
                    holds.Add(i, (command.Facility.Id, command.Amount));
                    source.Answer(sent, new DecisionFields { Kind = OutcomeKind.Approved, DecisionId = i, Amount = command.Amount });
                    break;
                case CommandKind.Repay:
                    Assert.True((drawn[command.Facility.Id] -= command.Amount) >= 0);
                    break;
                default:
                    Assert.True(holds.Remove(command.Reference, out var hold));
                    Assert.Equal(hold.Facility, command.Facility.Id);
                    if (command.Kind != CommandKind.Capture) break;
                    Assert.Equal(hold.Amount, command.Amount);
                    drawn[hold.Facility] = drawn.GetValueOrDefault(hold.Facility) + hold.Amount;
                    source.Answer(sent, new DecisionFields { Kind = OutcomeKind.Posted, DecisionId = i, Amount = command.Amount });
                    break;
            }
        }

        Assert.Equal([CommandKind.Authorize, CommandKind.Capture, CommandKind.Repay, CommandKind.Void], counts.Keys.Order());
        Assert.All(counts.Values, count => Assert.True(count > 100, $"{count} of a kind"));
    }

    [Fact]
    public void Holds_ThatWereDeclined_AreNeitherCapturedNorVoided()
    {
        var source = new LifeSource(10, seed: 4, TimeProvider.System, holdSeconds: 0);
        var bytes = new byte[source.MemberLengthMax];
        for (var i = 1; i <= 500; i++)
        {
            source.WriteMember(bytes, out var sent);
            Assert.Equal(0, sent.Kind);
            source.Answer(sent, new DecisionFields { Kind = OutcomeKind.Declined, DecisionId = i });
        }
    }
}
