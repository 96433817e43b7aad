using CreditGrains.Api.Security.Audit;
using CreditGrains.Api.Transport;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Requests;
using CreditGrains.Orleans.Tests.Servers;
using CreditGrains.Server;
using static CreditGrains.Orleans.Tests.Security.SecuredSilos;
using V1 = CreditGrains.Api.V1;

namespace CreditGrains.Orleans.Tests.Security;

/// <summary>Maker and checker, and who asked for a review, over two silos that share one audit log.</summary>
public sealed class ClusterApprovalTests
{
    [ClusterFact]
    public async Task Proposal_MadeAtOneSilo_IsSeenAndApprovedAtAnother()
    {
        await using var silos = await StartAsync();
        var book = await Acts.OpenBookAsync(silos);
        var (ann, bob) = (silos.At(0, "ann"), silos.At(1, "bob"));
        var proposal = await Acts.ProposeAsync(ann, book.F(1), Threshold + 7);
        Assert.Equal((V1.ProposalState.Open, "key:ann"), ((await Acts.FindAsync(bob, proposal.ProposalId))!.State, proposal.Maker));
        var approved = await Acts.ApproveAsync(bob, proposal.ProposalId);
        Assert.Equal((V1.OutcomeKind.Posted, V1.ProposalState.Executed, "key:bob"), (approved.Decision.Kind, approved.Proposal.State, approved.Proposal.Checker));
        Assert.Equal(Threshold + 7, (await book.View()).Node.Limit);
        Assert.Equal(V1.ProposalState.Executed, (await Acts.FindAsync(ann, proposal.ProposalId))!.State);
        Assert.StartsWith("AlreadyResolved", (await RefusalOf(() => Acts.RejectAsync(ann, proposal.ProposalId))).Message, StringComparison.Ordinal);
        Assert.Equal(["key:ann Propose", "key:bob Approve", "key:bob Execute"], silos.Entries().Select(entry => $"{entry.Principal} {entry.Act}"));
    }

    [ClusterFact]
    public async Task Approve_ByItsMakerAtAnotherSilo_IsRefused()
    {
        await using var silos = await StartAsync();
        var book = await Acts.OpenBookAsync(silos);
        var proposal = await Acts.ProposeAsync(silos.At(0, "ann"), book.F(1), Threshold + 1);
        var refused = await RefusalOf(() => Acts.ApproveAsync(silos.At(1, "ann"), proposal.ProposalId));
        Assert.Equal(StatusCode.PermissionDenied, refused.Code);
        Assert.StartsWith("SamePrincipal", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1_000, (await book.View()).Node.Limit);
    }

    [ClusterFact]
    public async Task Approve_AtTwoSilosAtOnce_ExecutesOnceWithOneOutcome()
    {
        await using var silos = await StartAsync();
        var book = await Acts.OpenBookAsync(silos);
        var (ann, bob, cem) = (silos.At(0, "ann"), silos.At(0, "bob"), silos.At(1, "cem"));
        const int Rounds = 12;
        for (var round = 1; round <= Rounds; round++)
        {
            var id = (await Acts.ProposeAsync(ann, book.F(1), Threshold + round)).ProposalId;
            var both = await Task.WhenAll(EndOf(Acts.ApproveAsync(bob, id)), EndOf(Acts.ApproveAsync(cem, id)));
            var told = both.OfType<long>().Distinct().ToArray();
            Assert.Single(told);
            // Who came after the execution is told so; nobody is told anything else.
            Assert.All(both.OfType<string>(), refusal => Assert.StartsWith("AlreadyResolved", refusal, StringComparison.Ordinal));
            Assert.Equal(told[0], (await Acts.FindAsync(cem, id))!.DecisionId);
        }

        var history = await book.Engine.GetHistoryAsync(book.F(1), 0, 100);
        Assert.Equal(Rounds, history.Events.Count(e => e.Kind == CommandKind.SetLimit));
        var acts = silos.Entries().GroupBy(entry => entry.Act).ToDictionary(group => group.Key, group => group.Count());
        Assert.Equal((Rounds, Rounds, Rounds), (acts["Propose"], acts["Approve"], acts["Execute"]));
    }

    [ClusterFact]
    public async Task Restart_OfAllSilos_KeepsWhatWaits_AndAnApprovalLeftByACrashIsExecutedOnceUnderItsId()
    {
        await using var silos = await StartAsync();
        var book = await Acts.OpenBookAsync(silos);
        var open = await Acts.ProposeAsync(silos.At(0, "ann"), book.F(1), Threshold + 1);
        var left = await Acts.ProposeAsync(silos.At(1, "ann"), book.F(1), Threshold + 2);
        await silos.StopAsync();
        // What a silo leaves that is killed right after its approval was committed.
        var executedAs = Guid.CreateVersion7();
        using (var log = silos.ReadLog())
            log.Append(new AuditEntry { Principal = "key:bob", Act = "Approve", Proposal = new ProposalLine { Kind = "approved", Id = left.ProposalId, AtMicros = left.ProposedAtMicros + 1, ExecutedAs = executedAs.ToString() } });
        await silos.ResumeAsync();
        book.Engine = silos.Silos[1].Engine;
        var cem = silos.At(1, "cem");
        Assert.Equal(V1.ProposalState.Open, (await Acts.FindAsync(cem, open.ProposalId))!.State);
        Assert.Equal(V1.ProposalState.Approved, (await Acts.FindAsync(cem, left.ProposalId))!.State);
        var approved = await Acts.ApproveAsync(cem, left.ProposalId);
        Assert.Equal(("key:bob", V1.ProposalState.Executed), (approved.Proposal.Checker, approved.Proposal.State));
        Assert.Equal(approved.Decision.DecisionId, (await book.Engine.GetDecisionAsync(book.Tenant, RequestId.FromGuid(executedAs)))!.Sequence);
        Assert.Equal(Threshold + 2, (await book.View()).Node.Limit);
        Assert.Equal(V1.ProposalState.Executed, (await Acts.ApproveAsync(silos.At(0, "bob"), open.ProposalId)).Proposal.State);
    }

    [ClusterFact]
    public async Task Review_AskedForAtOneSilo_IsNotDecidedByTheAskerAtAnother()
    {
        await using var silos = await StartAsync();
        var book = await Acts.OpenBookAsync(silos);
        var declined = await Acts.AuthorizeAsync(silos.At(0, "till"), book.F(1), 5_000);
        Assert.Equal(V1.OutcomeKind.Declined, declined.Kind);
        var review = await Acts.RequestReviewAsync(silos.At(0, "bob"), book.F(1), declined.DecisionId);
        Assert.Equal(V1.OutcomeKind.Referred, review.Kind);
        var refused = await RefusalOf(() => Acts.ResolveAsync(silos.At(1, "bob"), book.F(1), review.DecisionId));
        Assert.Equal(StatusCode.PermissionDenied, refused.Code);
        Assert.StartsWith("OwnReview: key:bob", refused.Message, StringComparison.Ordinal);
        Assert.Equal(V1.Reason.ReferralTurnedDown, (await Acts.ResolveAsync(silos.At(1, "cem"), book.F(1), review.DecisionId)).Reason);
    }

    [ClusterFact]
    public async Task Act_WhoseLineCannotBeWritten_IsNotDone_AndDecisionsGoOn()
    {
        await using var silos = await StartAsync();
        var book = await Acts.OpenBookAsync(silos);
        var (ann, bob) = (silos.At(0, "ann"), silos.At(1, "bob"));
        var proposal = await Acts.ProposeAsync(ann, book.F(1), Threshold + 1);
        await silos.SqlAsync("alter table cg_audit_head rename to cg_audit_away");
        foreach (var act in (Func<Task>[])[() => Acts.FreezeAsync(bob, book.F(1)), () => Acts.ProposeAsync(ann, book.F(1), Threshold + 2), () => Acts.ApproveAsync(bob, proposal.ProposalId), () => Acts.FindAsync(bob, 1)])
        {
            var refused = await RefusalOf(act);
            Assert.Equal(StatusCode.Unavailable, refused.Code);
            Assert.StartsWith("AuditUnavailable", refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal(V1.OutcomeKind.Approved, (await Acts.AuthorizeAsync(silos.At(0, "till"), book.F(1), 10)).Kind);
        Assert.Equal(1_000, (await book.View()).Node.Limit);
        await silos.SqlAsync("alter table cg_audit_away rename to cg_audit_head");
        Assert.Equal(V1.ProposalState.Executed, (await Acts.ApproveAsync(bob, proposal.ProposalId)).Proposal.State);
        Assert.Equal(V1.OutcomeKind.Posted, (await Acts.FreezeAsync(bob, book.F(1))).Kind);
    }

    [ClusterFact]
    public async Task Page_OfApprovals_ShowsWhatWasProposedAtAnotherSilo()
    {
        await using var silos = await StartAsync();
        var book = await Acts.OpenBookAsync(silos);
        Assert.Contains("id=\"proposals\" data-count=\"0\"", await silos.PageAsync(1, "approvals", "bob"), StringComparison.Ordinal);
        await Acts.ProposeAsync(silos.At(0, "ann"), book.F(1), Threshold + 12_345);
        var patience = DateTime.UtcNow.AddSeconds(20);
        string page;
        do page = await silos.PageAsync(1, "approvals", "bob");
        while (!page.Contains("id=\"proposals\" data-count=\"1\"", StringComparison.Ordinal) && DateTime.UtcNow < patience);
        Assert.Contains("id=\"proposals\" data-count=\"1\"", page, StringComparison.Ordinal);
        Assert.Contains("more business", page, StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task Silo_OnAnAuditLogThatWasRewritten_DoesNotStart_AndOneThatRunsRefuses()
    {
        await using var silos = await StartAsync(count: 1);
        var book = await Acts.OpenBookAsync(silos);
        var ann = silos.At(0, "ann");
        await Acts.ProposeAsync(ann, book.F(1), Threshold + 1);
        Assert.Contains("only appended to", (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => silos.SqlAsync("update cg_audit set body = ''"))).MessageText, StringComparison.Ordinal);
        await silos.SqlAsync("alter table cg_audit disable trigger user");
        // The hash that stands at the end no longer is that of what was read.
        await silos.SqlAsync("update cg_audit_head set hash = repeat('a', 64)");
        var refused = await RefusalOf(() => Acts.ProposeAsync(ann, book.F(1), Threshold + 2));
        Assert.Equal(StatusCode.DataLoss, refused.Code);
        await silos.SqlAsync("update cg_audit_head set hash = (select hash from cg_audit where number = 1)");
        await silos.SqlAsync("update cg_audit set body = replace(body, 'key:ann', 'key:eve')");
        await silos.StopAsync();
        Assert.StartsWith("AuditDamaged", (await Assert.ThrowsAsync<StartException>(silos.ResumeAsync)).Message, StringComparison.Ordinal);
    }

    /// <summary>The decision, or the name of the refusal.</summary>
    private static async Task<object> EndOf(Task<V1.ApproveReply> call)
    {
        try
        {
            return (await call).Decision.DecisionId;
        }
        catch (RpcException refusal)
        {
            return refusal.Message;
        }
    }
}
