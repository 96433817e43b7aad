using System.CommandLine;
using System.Text;
using CreditGrains.Api.Mapping;
using CreditGrains.Api.V1;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Connection;
using CreditGrains.Cli.Control;
using CreditGrains.Cli.Output;
using Google.Protobuf;
using Command = System.CommandLine.Command;

namespace CreditGrains.Cli.Risks;

/// <summary>creditgrains risk review, referrals, resolve: requests that a person looks at.</summary>
internal static class ReferralCommands
{
    private const int PageLength = 1_000;

    public static Command Review(Shell shell)
    {
        var (facility, note) = (Facility(), Note());
        var id = new Argument<long>("decision") { Description = "Number of the decline" };
        return RiskCommand.Calling(shell, new Command("review", "Send a declined request to a person: it becomes a referral, once") { facility, id, note }, async (call, parse, _) =>
            DecisionView.Print(call.Shell, await call.AskAsync(Calls.RequestReview, new RequestReviewRequest
            {
                RequestId = RequestIdentity.ToBytes(RequestIds.Draw()), Facility = Keys.ToFacility(KeyText.Facility(parse.GetRequiredValue(facility))), DeclinedId = parse.GetValue(id), Attributes = Attributes(parse.GetValue(note)),
            }), "", call.IsJson));
    }

    public static Command List(Shell shell) => RiskCommand.Calling(shell, new Command("referrals", "Requests that wait for a person"), async (call, _, scope) =>
    {
        var found = new List<Referral>();
        var cursor = 0L;
        do
        {
            var page = await call.AskAsync(Calls.ListReferrals, new ListReferralsRequest { Tenant = scope.Tenant, LegalEntity = scope.LegalEntity, Cursor = cursor, Limit = PageLength });
            found.AddRange(page.Referrals);
            cursor = page.NextCursor;
        }
        while (cursor != 0);
        if (call.IsJson) foreach (var one in found) call.Shell.Message(one);
        else call.Shell.Table("referrals", ["facility", "#referral", "request", "#amount", "until"], found.Select(one => new[]
        {
            $"{one.Facility.Tenant}/{one.Facility.LegalEntity}/{one.Facility.Id}", $"{one.ReferralId}", one.Request.ToString(), $"{AmountText.Of(one.Amount, one.Currency)} {one.Currency}", TimeText.Of(one.ExpiresAtMicros),
        }));
        return ExitCode.Ok;
    });

    public static Command Resolve(Shell shell)
    {
        var (facility, note) = (Facility(), Note());
        var id = new Argument<long>("referral") { Description = "Its number" };
        var accept = new Option<bool>("--accept") { Description = "Accept it, if the limits still allow; left out: turn it down" };
        return RiskCommand.Calling(shell, new Command("resolve", "Accept or turn down a referral") { facility, id, accept, note }, async (call, parse, _) =>
            DecisionView.Print(call.Shell, await call.AskAsync(Calls.ResolveReferral, new ResolveReferralRequest
            {
                RequestId = RequestIdentity.ToBytes(RequestIds.Draw()), Facility = Keys.ToFacility(KeyText.Facility(parse.GetRequiredValue(facility))), ReferralId = parse.GetValue(id), Accept = parse.GetValue(accept),
                Attributes = Attributes(parse.GetValue(note)),
            }), "", call.IsJson));
    }

    private static ByteString Attributes(string? note) => note is null ? ByteString.Empty : ByteString.CopyFrom(Encoding.UTF8.GetBytes(note));

    private static Argument<string> Facility() => new("facility") { Description = "TENANT/ENTITY/ID" };

    private static Option<string?> Note() => new("--note") { Description = "Who and why, kept with the event, such as \"by=ann;note=salary rose\"; at most 256 bytes", HelpName = "TEXT" };
}
