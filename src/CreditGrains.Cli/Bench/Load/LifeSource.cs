using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Draws;
using CreditGrains.Domain.Requests;

namespace CreditGrains.Cli.Bench.Load;

/// <summary>
/// The life of accounts as batches of commands: authorisations; captures and voids of the holds they made; repayments of what was captured, so that the book stays as
/// full as it was. Of a hundred commands about 40 authorise, 30 capture, 5 void and 25 repay, as far as there is something to capture, void or repay.
/// </summary>
/// <param name="facilities">Facilities of the book.</param>
/// <param name="seed">Of facilities, amounts, ids and the order of kinds.</param>
/// <param name="clock">Of the ids' time.</param>
/// <param name="holdSeconds">Lifetime of the holds; 0 is the engine's own.</param>
internal sealed class LifeSource(long facilities, ulong seed, TimeProvider clock, int holdSeconds) : IBatchSource
{
    private const int Authorize = 0;
    private const int Capture = 1;
    private const int Void = 2;
    private const int Repay = 3;
    private const int KeptMax = 65_536;
    private readonly Queue<(long Facility, long Hold, long Amount)> holds = new();
    private readonly Queue<(long Facility, long Amount)> captured = new();
    private readonly AuthorizationSource authorizations = new(facilities, seed, clock, holdSeconds);
    private Xoshiro256 random = new(~seed);
    private long unixMillis = clock.GetUtcNow().ToUnixTimeMilliseconds();

    public string Path => "/creditgrains.v1.LimitService/ExecuteStream";

    public int MemberLengthMax => LifeWire.MemberLengthMax;

    public void Refresh()
    {
        authorizations.Refresh();
        unixMillis = clock.GetUtcNow().ToUnixTimeMilliseconds();
    }

    public int WriteMember(Span<byte> target, out SentRequest sent)
    {
        var draw = random.Below(100);
        if (draw >= 75 && captured.TryDequeue(out var spent))
        {
            sent = new SentRequest(Repay, spent.Facility, spent.Amount);
            return LifeWire.WriteRepay(NewId(), spent.Facility, spent.Amount, target);
        }

        if (draw >= 40 && holds.TryDequeue(out var hold))
        {
            var isVoid = draw >= 70;
            sent = new SentRequest(isVoid ? Void : Capture, hold.Facility, hold.Amount);
            return isVoid ? LifeWire.WriteVoid(NewId(), hold.Facility, hold.Hold, target) : LifeWire.WriteCapture(NewId(), hold.Facility, hold.Amount, hold.Hold, target);
        }

        var request = authorizations.Next();
        sent = new SentRequest(Authorize, request.Facility, request.Amount);
        return LifeWire.WriteAuthorize(request, target);
    }

    public void Answer(in SentRequest sent, in DecisionFields decision)
    {
        if (sent.Kind == Authorize && decision.Kind == OutcomeKind.Approved && holds.Count < KeptMax) holds.Enqueue((sent.Facility, decision.DecisionId, sent.Amount));
        if (sent.Kind == Capture && decision.Kind == OutcomeKind.Posted && captured.Count < KeptMax) captured.Enqueue((sent.Facility, sent.Amount));
    }

    private RequestId NewId() => RequestId.ForTime(unixMillis, random.Next(), random.Next());
}
