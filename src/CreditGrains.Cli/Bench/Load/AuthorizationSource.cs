using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Draws;
using CreditGrains.Domain.Requests;

namespace CreditGrains.Cli.Bench.Load;

/// <summary>
/// Endless unique authorisations: a fresh UUIDv7 each, a facility drawn evenly from the whole book, an amount of 1.00 to
/// 20.99. Not thread-safe; one a thread, each with its own seed.
/// </summary>
internal sealed class AuthorizationSource : IBatchSource
{
    private const long AmountMin = 100;
    private const long AmountSpread = 2_000;
    private readonly long facilities;
    private readonly TimeProvider clock;
    private readonly int holdSeconds;
    private readonly AnsweredRequests? answered;
    private Xoshiro256 random;
    private long unixMillis;

    /// <param name="facilities">Facilities of the book.</param>
    /// <param name="seed">Of facilities, amounts and ids.</param>
    /// <param name="clock">Of the ids' time.</param>
    /// <param name="holdSeconds">Lifetime of the holds; 0 is the engine's own.</param>
    /// <param name="answered">Keeps what was answered; null: nobody asks again.</param>
    public AuthorizationSource(long facilities, ulong seed, TimeProvider clock, int holdSeconds = 0, AnsweredRequests? answered = null)
    {
        this.answered = answered;
        this.facilities = facilities;
        this.holdSeconds = holdSeconds;
        this.clock = clock;
        random = new Xoshiro256(seed);
        Refresh();
    }

    public string Path => "/creditgrains.v1.LimitService/AuthorizeStream";

    public int MemberLengthMax => AuthorizationWire.MemberLengthMax;

    /// <summary>Reads the clock for the ids that follow; once a batch is enough.</summary>
    public void Refresh() => unixMillis = clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The next authorisation.</summary>
    public Authorization Next() => new(
        RequestId.ForTime(unixMillis, random.Next(), random.Next()),
        random.Below(facilities) + 1,
        AmountMin + random.Below(AmountSpread),
        holdSeconds);

    public int WriteMember(Span<byte> target, out SentRequest sent)
    {
        var request = Next();
        sent = SentOf(request);
        return AuthorizationWire.WriteMember(request, target);
    }

    /// <summary>A request as it is remembered until its answer.</summary>
    public static SentRequest SentOf(in Authorization request) => new(0, request.Facility, request.Amount, request.Id);

    public void Answer(in SentRequest sent, in DecisionFields decision)
    {
        if (decision.DecisionId > 0) answered?.Add(new AnsweredRequest(new Authorization(sent.Id, sent.Facility, sent.Amount, holdSeconds), decision.DecisionId));
    }

    /// <summary>The next authorisation as a command.</summary>
    public void Next(ref Command command)
    {
        var next = Next();
        command.Kind = CommandKind.Authorize;
        command.Channel = Channel.PointOfSale;
        command.Currency = PopulationShape.Currency;
        command.MerchantCategory = AuthorizationWire.MerchantCategory;
        command.Id = next.Id;
        command.Facility = PopulationShape.Facility(next.Facility);
        command.Amount = next.Amount;
        command.LifetimeSeconds = next.HoldSeconds;
    }
}

/// <summary>What varies between the authorisations of a run.</summary>
/// <param name="Id">Unique.</param>
/// <param name="Facility">Its number in the book.</param>
/// <param name="Amount">Minor units.</param>
/// <param name="HoldSeconds">Lifetime of the hold; 0 is the engine's own.</param>
internal readonly record struct Authorization(RequestId Id, long Facility, long Amount, int HoldSeconds = 0);
