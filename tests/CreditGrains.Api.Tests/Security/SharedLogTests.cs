using CreditGrains.Api.Security;
using CreditGrains.Api.Security.Access;
using CreditGrains.Api.Security.Approvals;
using CreditGrains.Api.Security.Audit;
using CreditGrains.Api.Tests.Services;
using CreditGrains.Api.Transport;
using CreditGrains.Domain.Approvals;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine;

namespace CreditGrains.Api.Tests.Security;

/// <summary>An audit log whose lines several processes share, and the approvals over it.</summary>
public sealed class SharedLogTests
{
    private static readonly Principal Ann = new("key:ann", Roles.Risk, tenant: 0), Bob = new("key:bob", Roles.Risk, tenant: 0);

    private readonly Kept kept = new();

    [Fact]
    public void Append_AfterAnotherProcess_FollowsItsLinesAndHasVisitedThem()
    {
        var seen = new List<string>();
        using var other = Open();
        using var log = Open(entry => seen.Add(entry.Act));
        other.Append(Entry("a"), Entry("b"));
        log.Append(() =>
        {
            Assert.Equal(["a", "b"], seen);
            return [Entry("c")];
        });
        Assert.Equal(["a", "b", "c"], seen);
        other.CatchUp();
        Assert.Equal(log.End, other.End);
        Assert.Equal(3, log.End.Count);
    }

    [Fact]
    public void Append_ThatDecidesAgainst_KeepsNothing()
    {
        using var log = Open();
        Assert.Throws<RpcException>(() => log.Append(() => throw new RpcException(StatusCode.NotFound, "no")));
        log.Append(() => []);
        Assert.Empty(kept.Lines);
        log.Append(Entry("a"));
        Assert.Equal(1, log.End.Count);
    }

    [Fact]
    public void Append_WhoseFateIsUnknown_IsRefused_AndItsLinesAreReadAsAnybodys()
    {
        var seen = new List<string>();
        using var log = Open(entry => seen.Add(entry.Act));
        kept.FailsAfterKeeping = true;
        Assert.Equal(StatusCode.Unavailable, Assert.Throws<RpcException>(() => log.Append(Entry("a"))).Code);
        Assert.Empty(seen);
        kept.FailsAfterKeeping = false;
        log.Append(Entry("b"));
        Assert.Equal(["a", "b"], seen);
    }

    [Fact]
    public void Log_CutOrRewrittenUnderIt_RefusesAndGoesOnWhenItIsBack()
    {
        using var log = Open();
        log.Append(Entry("a"), Entry("b"));
        var whole = kept.Lines.ToList();
        foreach (var damage in (Action[])[() => kept.Lines.RemoveAt(1), () => kept.Lines[1] = kept.Lines[1] with { Hash = new string('0', 64) }, () => kept.Lines.Add(new AuditLine(3, "{}", new string('0', 64)))])
        {
            damage();
            Assert.Equal(StatusCode.DataLoss, Assert.Throws<RpcException>(log.CatchUp).Code);
            Assert.Equal(StatusCode.DataLoss, Assert.Throws<RpcException>(() => log.Append(Entry("c"))).Code);
            kept.Lines.Clear();
            kept.Lines.AddRange(whole);
        }

        log.Append(Entry("c"));
        Assert.Equal(3, kept.Lines.Count);
        kept.Lines[0] = kept.Lines[0] with { Body = kept.Lines[0].Body.Replace("\"a\"", "\"x\"", StringComparison.Ordinal) };
        Assert.Equal("AuditDamaged", Assert.Throws<SecurityFileException>(() => Open()).Name);
    }

    [Fact]
    public async Task Approve_WhoseLineIsOfUnknownFate_ExecutesNothing_AndOnceWhenItIsApprovedAgain()
    {
        var (one, two) = (new Process(kept), new Process(kept));
        var proposal = one.Approvals.Propose(one.Of(Ann), SetLimit(), "");
        kept.FailsAfterKeeping = true;
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => two.Approvals.ApproveAsync(two.Of(Bob), proposal.Id, "", 0).AsTask())).Code);
        Assert.Equal(0, await two.Engine.GetFeedEndAsync());
        kept.FailsAfterKeeping = false;
        Assert.Equal(ProposalState.Approved, one.Approvals.List(Principal.Local, onlyOpen: false, 0, 10)[0].State);
        Assert.Equal(StatusCode.PermissionDenied, (await Assert.ThrowsAsync<RpcException>(() => one.Approvals.ApproveAsync(one.Of(Ann), proposal.Id, "", 0).AsTask())).Code);
        var (executed, _) = await one.Approvals.ApproveAsync(one.Of(Bob), proposal.Id, "", 0);
        Assert.Equal(ProposalState.Executed, executed.State);
        Assert.NotNull(await one.Engine.GetDecisionAsync(1, executed.ExecutedAs));
        Assert.Equal((1, 0), (await one.Engine.GetFeedEndAsync(), await two.Engine.GetFeedEndAsync()));
        Assert.Equal(StatusCode.FailedPrecondition, (await Assert.ThrowsAsync<RpcException>(() => two.Approvals.ApproveAsync(two.Of(Bob), proposal.Id, "", 0).AsTask())).Code);
    }

    [Fact]
    public void Reviews_AskedForAtAnotherProcess_AreKnownOnceItsLinesAreRead()
    {
        var trail = new ReviewTrail();
        using var log = Open(trail.Replay);
        using var other = Open();
        var asked = RequestId.FromGuid(Guid.CreateVersion7());
        new CommandAudit(other).Before(Ann, [new Command { Kind = CommandKind.RequestReview, Id = asked, Facility = NodeKey.Facility(1, 1, 42), Reference = 7 }]);
        Assert.False(trail.HasAsked(Ann, asked));
        log.CatchUp();
        Assert.True(trail.HasAsked(Ann, asked));
        Assert.False(trail.HasAsked(Bob, asked));
    }

    private static Command SetLimit() => Command.Of(default, new SetLimit(NodeKey.Facility(1, 1, 42), 9));

    private static AuditEntry Entry(string act) => new() { Principal = "key:x", Act = act };

    private AuditLog Open(Action<AuditEntry>? visit = null) => new(new Sharer(kept), TimeProvider.System, visit);

    /// <summary>What all share.</summary>
    private sealed class Kept
    {
        public List<AuditLine> Lines { get; } = [];

        public bool FailsAfterKeeping { get; set; }

        public AuditEnd End => Lines is [.., var last] ? new AuditEnd(last.Number, last.Hash) : AuditEnd.None;
    }

    /// <summary>One process's way to it.</summary>
    private sealed class Sharer(Kept kept) : IAuditLines
    {
        public string Name => "the lines of the test";

        public bool IsShared => true;

        public AuditEnd Read(AuditEnd known, Action<AuditLine> visit)
        {
            foreach (var line in kept.Lines.Where(line => line.Number > known.Count).ToArray()) visit(line);
            return kept.End;
        }

        public void Append(AuditEnd known, Action<AuditLine> visit, Func<AuditEnd, IReadOnlyList<AuditLine>> make)
        {
            kept.Lines.AddRange(make(Read(known, visit)));
            if (kept.FailsAfterKeeping) throw new IOException("the answer was lost");
        }

        public void Dispose()
        {
        }
    }

    /// <summary>A silo: an engine, a log and the approvals over it.</summary>
    private sealed class Process
    {
        public Process(Kept kept)
        {
            Approvals = new ChangeApprovals(new ApprovalRules(), TimeProvider.System);
            Approvals.Use(new AuditLog(new Sharer(kept), TimeProvider.System, Approvals.Replay));
        }

        public ChangeApprovals Approvals { get; }

        public ICreditEngine Engine { get; } = new FakeEngine();

        public PrincipalEngine Of(Principal principal) => new(Engine, principal, watch: null, records: null);
    }
}
