using System.Globalization;
using System.Numerics;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Domain.Requests;
using CreditGrains.Simulation.Model;

namespace CreditGrains.Simulation.ModelTests;

/// <summary>
/// Plays a rule written as lines on the model. A line is a step, "verb subject … [as name] [=> what must come of it]", or a
/// check, "check subject measure=value …". Nodes and decisions go by name; the first letter of a node's basis follows its currency.
/// </summary>
internal sealed class Script
{
    private const long Start = 1_780_000_000_000_000;
    private const ushort Tenant = 1;

    private readonly ModelEngine _engine = new();
    private readonly Dictionary<string, NodeKey> _keys = [];
    private readonly Dictionary<string, (RequestId Id, long Sequence)> _decisions = [];
    private long _now = Start;
    private ulong _ids;

    public static void Play(string lines)
    {
        var script = new Script();
        foreach (string line in lines.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)) script.Line(line);
    }

    private void Line(string line)
    {
        string[] sides = line.Split("=>", StringSplitOptions.TrimEntries);
        var words = new Words(sides[0]);
        string verb = words.Next();
        if (verb == "wait")
        {
            _now += (long)(decimal.Parse(words.Next(), CultureInfo.InvariantCulture) * Exact.MicrosPerSecond);
            return;
        }
        if (verb == "check")
        {
            Check(line, words);
            return;
        }
        string name = words.After("as") ?? "";
        string idName = verb == "late" ? words.Next() : name;
        if (verb == "late") verb = words.Next();
        Command command = Build(verb, words);
        command.Id = _decisions.TryGetValue(idName, out var known) ? known.Id : RequestId.ForTime(_now / 1_000, 0, ++_ids);
        Outcome outcome = _engine.Execute(command, _now);
        if (name.Length > 0) _decisions[name] = (command.Id, outcome.Sequence);
        Assert.Equal($"{line}\n{(sides.Length > 1 ? sides[1] : Text(outcome, withLimits: false))}", $"{line}\n{Text(outcome, sides.Length > 1)}");
        if (sides.Length == 1) Assert.True(outcome.Kind is OutcomeKind.Posted or OutcomeKind.Approved, $"{line}: {Text(outcome, true)}");
    }

    private string Text(in Outcome outcome, bool withLimits)
    {
        string text = outcome.Kind switch
        {
            OutcomeKind.Declined or OutcomeKind.Refused => outcome.Reason.ToString(),
            _ => $"{outcome.Kind} {outcome.Amount}",
        };
        if (!withLimits) return text;
        foreach (FailingLimit limit in outcome.Limits ?? [])
        {
            string kind = limit.Kind == LimitKind.Node ? "" : $"{limit.Kind}.";
            text += $" {kind}{_keys.First(entry => entry.Value == limit.Node).Key}:{limit.Headroom}";
        }
        return text;
    }

    private void Check(string line, Words words)
    {
        NodeKey key = _keys[words.Next()];
        ModelNode node = _engine.Model.World.Nodes[key];
        while (words.HasMore)
        {
            string[] pair = words.Next().Split('=');
            BigInteger? found = Measure(node, pair[0]);
            Assert.Equal($"{line}: {pair[0]}={pair[1]}", $"{line}: {pair[0]}={(found is null ? "none" : found)}");
        }
    }

    private BigInteger? Measure(ModelNode node, string measure)
    {
        var book = new Book(_engine.Model.World, Tenant, _now);
        var facility = node as ModelFacility;
        return measure switch
        {
            "exposure" => facility is null ? book.Exposure(node) : Book.Own(facility, 0),
            "headroom" => node.Ceiling.InForceAt(_now) - (facility is null ? book.Exposure(node) : Book.Own(facility, 0)),
            "status" => (int)node.Status,
            "open" => facility!.Items.Count,
            "principal" => facility!.Purse.Principal,
            "interest" => facility!.Purse.Interest,
            "fees" => facility!.Purse.Fees,
            "credit" => facility!.Purse.Credit,
            "held" => facility!.Purse.Held,
            "released" => facility!.Purse.Released,
            "writtenoff" => facility!.Purse.WrittenOff,
            "uncleared" => facility!.Purse.Uncleared,
            "used" => facility!.SubLimits[0].Used,
            "velocity" => node.Velocity[0].AmountAt(_now),
            "count" => node.Velocity[0].CountAt(_now),
            _ => throw new FormatException(measure),
        };
    }

    private Command Build(string verb, Words words)
    {
        if (verb == "reverse") return new Command { Kind = CommandKind.Reverse, Facility = new NodeKey(0, Tenant, 0, NodeKind.None), Original = IdOf(words.Next()) };
        if (ControlOf(verb, words) is { } control) return Command.Of(default, control);
        var facility = (ModelFacility)_engine.Model.World.Nodes[_keys[words.Next()]];
        CommandKind kind = AccountVerbs[verb];
        var command = new Command { Kind = kind, Facility = facility.Key };
        if (kind is CommandKind.IncreaseHold or CommandKind.Capture or CommandKind.Void or CommandKind.ClearRepayment
            or CommandKind.ReverseRepayment or CommandKind.ResolveReferral) command.Reference = _decisions[words.Next()].Sequence;
        if (kind is not (CommandKind.Void or CommandKind.ClearRepayment or CommandKind.ReverseRepayment or CommandKind.ResolveReferral))
        {
            command.Currency = facility.Currency;
            command.Amount = words.Amount();
        }
        if (kind == CommandKind.Adjust) (command.InterestDelta, command.FeesDelta) = (words.Amount(), words.Amount());
        if (words.Has("final")) command.Options = CommandOptions.Final;
        if (words.Has("uncleared")) command.Options = CommandOptions.Uncleared;
        if (verb == "accept") command.Options = CommandOptions.Accept;
        if (words.Has("cash")) command.Channel = Channel.Cash;
        if (words.After("least") is { } least) command.AmountMin = long.Parse(least, CultureInfo.InvariantCulture);
        if (words.After("life") is { } life) command.LifetimeSeconds = int.Parse(life, CultureInfo.InvariantCulture);
        return command;
    }

    private static readonly Dictionary<string, CommandKind> AccountVerbs = new()
    {
        ["authorize"] = CommandKind.Authorize, ["increase"] = CommandKind.IncreaseHold, ["draw"] = CommandKind.Drawdown,
        ["capture"] = CommandKind.Capture, ["clear"] = CommandKind.ClearWithoutHold, ["repay"] = CommandKind.Repay,
        ["good"] = CommandKind.ClearRepayment, ["bounce"] = CommandKind.ReverseRepayment, ["refund"] = CommandKind.Refund,
        ["interest"] = CommandKind.PostInterest, ["fee"] = CommandKind.PostFee, ["writeoff"] = CommandKind.WriteOff,
        ["recover"] = CommandKind.Recover, ["adjust"] = CommandKind.Adjust, ["void"] = CommandKind.Void,
        ["accept"] = CommandKind.ResolveReferral, ["turndown"] = CommandKind.ResolveReferral, ["chargeback"] = CommandKind.Chargeback,
    };

    private ControlCommand? ControlOf(string verb, Words words)
    {
        switch (verb)
        {
            case "node": return Node(words);
            case "facility": return Facility(words);
            case "link": return new LinkNode(_keys[words.Next()], Parent(words.Next()));
            case "unlink": return new UnlinkNode(_keys[words.Next()], _keys[words.Next()]);
            case "move": return new MoveFacility(_keys[words.Next()], _keys[words.Next()], Parent(words.Next()));
            case "limit": return new SetLimit(_keys[words.Next()], words.Amount(), Moment(words.After("from")), Moment(words.After("until")));
            case "sublimit": return new SetSubLimit(_keys[words.Next()], words.Has("cash") ? Channel.Cash : Channel.Unspecified, 0, 9_999, words.Amount());
            case "velocity": return new SetVelocityLimit(_keys[words.Next()], (int)words.Amount(), words.Amount(), (int)words.Amount());
            case "review": return new SetReviewThreshold(_keys[words.Next()], words.Amount());
            case "freeze": return new Freeze(_keys[words.Next()]);
            case "unfreeze": return new Unfreeze(_keys[words.Next()]);
            case "close": return new Close(_keys[words.Next()]);
            case "rate":
                (Currency from, Currency to) = (Currency.Parse(words.Next()), Currency.Parse(words.Next()));
                long nano = (long)(decimal.Parse(words.Next(), CultureInfo.InvariantCulture) * 1_000_000_000);
                return new SetFxRate(new NodeKey(0, Tenant, 1, NodeKind.None), from, to, nano, Moment(words.After("until") ?? "1000000"));
            default: return null;
        }
    }

    private OpenNode Node(Words words)
    {
        string name = words.Next();
        List<ParentShare> parents = words.Parents(Parent);
        _keys[name] = new NodeKey(_keys.Count + 1, Tenant, 1, NodeKind.Portfolio);
        return new OpenNode(_keys[name], CurrencyOf(words), words.Amount(), BasisOf(words), parents);
    }

    private OpenFacility Facility(Words words)
    {
        string name = words.Next();
        List<ParentShare> parents = words.Parents(Parent);
        _keys[name] = NodeKey.Facility(Tenant, 1, _keys.Count + 1);
        return new OpenFacility(
            _keys[name], CurrencyOf(words), words.Amount(), BasisOf(words), words.Has("creditAdds"),
            long.Parse(words.After("owes") ?? "0", CultureInfo.InvariantCulture), parents);
    }

    private static Currency CurrencyOf(Words words) => Currency.Parse(words.After("in") ?? "EUR");

    private static ExposureBasis BasisOf(Words words)
    {
        string? factor = words.After("undrawn");
        ExposureMeasure measure = words.Has("committed") ? ExposureMeasure.Committed
            : words.Has("principalOnly") ? ExposureMeasure.PrincipalAndHeld
            : factor is not null ? ExposureMeasure.DrawnPlusUndrawnFactor : ExposureMeasure.DrawnAndHeld;
        return new ExposureBasis(measure, words.Has("keepsRepaid"), int.Parse(factor ?? "0", CultureInfo.InvariantCulture));
    }

    private ParentShare Parent(string text)
    {
        string[] parts = text.Split(':');
        return new ParentShare(_keys[parts[0]], parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 1_000_000);
    }

    private RequestId IdOf(string name)
    {
        if (!_decisions.TryGetValue(name, out var known)) _decisions[name] = known = (RequestId.ForTime(_now / 1_000, 1, ++_ids), 0);
        return known.Id;
    }

    private static long Moment(string? seconds) => seconds is null ? 0 : Start + long.Parse(seconds, CultureInfo.InvariantCulture) * Exact.MicrosPerSecond;
}

/// <summary>The words of one line: taken in order, or found by the word before them. What was found is not taken again.</summary>
internal sealed class Words(string line)
{
    private readonly List<string> _words = [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    public bool HasMore => _words.Count > 0;

    public string Next() => Take(0);

    public long Amount() => long.Parse(Next(), CultureInfo.InvariantCulture);

    public bool Has(string word) => _words.Remove(word);

    public string? After(string word)
    {
        int index = _words.IndexOf(word);
        if (index < 0) return null;
        _words.RemoveAt(index);
        return Take(index);
    }

    /// <summary>What stands behind "under", to the end of the line.</summary>
    public List<ParentShare> Parents(Func<string, ParentShare> read)
    {
        int index = _words.IndexOf("under");
        if (index < 0) return [];
        List<ParentShare> parents = [.. _words.Skip(index + 1).Select(read)];
        _words.RemoveRange(index, _words.Count - index);
        return parents;
    }

    private string Take(int index)
    {
        string word = _words[index];
        _words.RemoveAt(index);
        return word;
    }
}
