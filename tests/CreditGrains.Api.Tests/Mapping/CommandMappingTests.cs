using CreditGrains.Api.Mapping;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Requests;
using Google.Protobuf;

namespace CreditGrains.Api.Tests.Mapping;

/// <summary>Commands go out and come in unchanged; what no command can hold is refused by name.</summary>
public sealed class CommandMappingTests
{
    [Fact]
    public void Samples_CoverEveryKindForCallers()
    {
        var kinds = Samples.Accounts().Select(command => command.Kind).Concat(Samples.Controls().Select(control => control.Kind)).Distinct();
        Assert.Equal(Enum.GetValues<CommandKind>().Where(kind => kind.IsForCallers()), kinds.Order());
    }

    [Fact]
    public void AccountCommand_WrittenAndRead_IsTheSame()
    {
        foreach (var command in Samples.Accounts())
        {
            var read = Cycle(command);
            // A product is the same when its hash is.
            Assert.Equal(command.Control, read.Control);
            Assert.Equivalent(command with { Control = null }, read with { Control = null }, strict: true);
        }
    }

    [Fact]
    public void ControlCommand_WrittenAndRead_IsTheSame()
    {
        foreach (var control in Samples.Controls())
        {
            var read = Cycle(Command.Of(Samples.Id, control));
            Assert.Equal((control.Kind, Samples.Id, control.Key), (read.Kind, read.Id, read.Facility));
            Assert.Equivalent(control, read.Control, strict: true);
            Assert.IsType(control.GetType(), read.Control);
        }
    }

    [Fact]
    public void RequestId_InEachForm_IsTheSameId()
    {
        var session = RequestId.ForSession(0xABC_DEF0_1234_5678, 42);
        V1.AuthorizeRequest[] forms =
        [
            new() { RequestId = RequestIdentity.ToBytes(session) },
            new() { RequestUuid = session.ToString().ToUpperInvariant() },
            new() { SessionId = new() { Session = 0xABC_DEF0_1234_5678, Sequence = 42 } },
        ];
        foreach (var form in forms)
        {
            var fields = new Fields();
            Assert.Equal(session, fields.RequestId("request", form.Forms()));
            Assert.True(fields.Fault.IsNone);
        }
    }

    public static TheoryData<string, Reason, Action<V1.AuthorizeRequest>> BadAuthorizations => new()
    {
        { "request_id", Reason.InvalidRequestId, m => m.ClearRequestIdentity() },
        { "request_id", Reason.InvalidRequestId, m => m.RequestId = ByteString.CopyFrom(new byte[15]) },
        { "request_id", Reason.InvalidRequestId, m => m.RequestId = ByteString.CopyFrom(new byte[16]) },
        { "request_uuid", Reason.InvalidRequestId, m => m.RequestUuid = "not-a-uuid" },
        { "session", Reason.InvalidRequestId, m => m.SessionId = new() { Session = 1UL << 60, Sequence = 1 } },
        { "sequence", Reason.InvalidRequestId, m => m.SessionId = new() { Session = 1, Sequence = 0 } },
        { "sequence", Reason.InvalidRequestId, m => m.SessionId = new() { Session = 1, Sequence = 1UL << 62 } },
        { "facility", Reason.InvalidKey, m => m.Facility = null },
        { "facility.tenant", Reason.InvalidKey, m => m.Facility.Tenant = 0 },
        { "facility.tenant", Reason.InvalidKey, m => m.Facility.Tenant = 65_536 },
        { "facility.legal_entity", Reason.InvalidKey, m => m.Facility.LegalEntity = 70_000 },
        { "facility.id", Reason.InvalidKey, m => m.Facility.Id = -1 },
        { "currency", Reason.InvalidCurrency, m => m.Currency = "" },
        { "currency", Reason.InvalidCurrency, m => m.Currency = "eur" },
        { "currency", Reason.InvalidCurrency, m => m.Currency = "EURO, and much more than that" },
        { "channel", Reason.InvalidField, m => m.Channel = (V1.Channel)7 },
        { "channel", Reason.InvalidField, m => m.Channel = (V1.Channel)(-1) },
        { "merchant_category", Reason.InvalidField, m => m.MerchantCategory = 70_000 },
        { "scenario", Reason.InvalidField, m => m.Scenario = 65_536 },
        { "amount", Reason.InvalidAmount, m => (m.Currency, m.Amount) = ("?", 0) },
        { "facility.id", Reason.InvalidKey, m => (m.Scenario, m.Currency, m.Facility.Id) = (65_536, "?", 0) },
    };

    [Theory]
    [MemberData(nameof(BadAuthorizations))]
    public void Authorize_WithAFieldNoCommandCanHold_IsRefusedByName(string field, Reason reason, Action<V1.AuthorizeRequest> spoil)
    {
        var command = Samples.Accounts().First();
        var message = CommandMapping.Write(command).Authorize;
        spoil(message);
        AssertRefused(field, reason, CommandMapping.TryRead(message, CommandKind.Authorize, out var read), read);
    }

    public static TheoryData<string, Reason, V1.Command> BadCommands => new()
    {
        { "missing", Reason.InvalidKind, new() },
        { "tenant", Reason.InvalidKey, new() { Reverse = new() { RequestUuid = Samples.Id.ToString(), OriginalUuid = Samples.Id.ToString() } } },
        { "original_uuid", Reason.InvalidRequestId, new() { Reverse = new() { RequestUuid = Samples.Id.ToString(), Tenant = 1 } } },
        { "original_id", Reason.InvalidRequestId, new() { Reverse = new() { RequestUuid = Samples.Id.ToString(), Tenant = 1, OriginalId = ByteString.CopyFromUtf8("x") } } },
        { "limit", Reason.InvalidField, Control(new V1.Command { SetLimit = new() { Node = Node(2) } }) },
        { "node.kind", Reason.InvalidKey, Control(new V1.Command { SetLimit = new() { Node = Node(11), Limit = 1 } }) },
        { "node", Reason.InvalidKey, Control(new V1.Command { Freeze = new() }) },
        { "limit", Reason.InvalidField, Control(new V1.Command { OpenNode = new() { Node = Node(2), Currency = "EUR" } }) },
        { "parents", Reason.InvalidKey, Control(new V1.Command { OpenNode = new() { Node = Node(2), Currency = "EUR", Limit = 1, Parents = { new V1.ParentShare() } } }) },
        { "basis.measure", Reason.InvalidField, Control(new V1.Command { OpenNode = new() { Node = Node(2), Currency = "EUR", Limit = 1, Basis = new() { Measure = (V1.ExposureMeasure)4 } } }) },
        { "limit", Reason.InvalidField, Control(new V1.Command { SetSubLimit = new() { Facility = new() { Tenant = 1, LegalEntity = 1, Id = 1 }, Limit = 1, Remove = true } }) },
        { "limit", Reason.InvalidField, Control(new V1.Command { SetSubLimit = new() { Facility = new() { Tenant = 1, LegalEntity = 1, Id = 1 } } }) },
        { "limit", Reason.InvalidField, Control(new V1.Command { SetSubLimit = new() { Facility = new() { Tenant = 1, LegalEntity = 1, Id = 1 }, Limit = -1 } }) },
        { "amount_max", Reason.InvalidField, Control(new V1.Command { SetVelocityLimit = new() { Node = Node(2), WindowSeconds = 1 } }) },
        { "count_max", Reason.InvalidField, Control(new V1.Command { SetVelocityLimit = new() { Node = Node(2), WindowSeconds = 1, CountMax = -1 } }) },
        { "amount", Reason.InvalidField, Control(new V1.Command { SetReviewThreshold = new() { Node = Node(2) } }) },
        { "from", Reason.InvalidCurrency, Control(new V1.Command { SetFxRate = new() { Tenant = 1, LegalEntity = 1, From = "XXX", To = "EUR" } }) },
        { "legal_entity", Reason.InvalidKey, Control(new V1.Command { AdvanceBusinessDate = new() { Tenant = 1, BusinessDate = "2026-03-31" } }) },
        { "business_date", Reason.InvalidField, Control(new V1.Command { AdvanceBusinessDate = new() { Tenant = 1, LegalEntity = 1, BusinessDate = "31.3.2026" } }) },
        { "pool.kind", Reason.InvalidKey, Control(new V1.Command { TransferToPool = new() { Facility = new() { Tenant = 1, LegalEntity = 1, Id = 1 }, Pool = Node(0) } }) },
    };

    [Theory]
    [MemberData(nameof(BadCommands))]
    public void Command_WithAFieldNoCommandCanHold_IsRefusedByName(string field, Reason reason, V1.Command message) =>
        AssertRefused(field, reason, CommandMapping.TryRead(message, out var read), read);

    [Fact]
    public void Row_WithAnIdOfItsOwn_IsRefused()
    {
        var message = CommandMapping.Write(Samples.Accounts().First());
        AssertRefused("row", Reason.InvalidRequestId, CommandMapping.TryReadRow(message, Samples.Id, out var read), read);
    }

    private static void AssertRefused(string field, Reason reason, Refusal refusal, in Command command)
    {
        Assert.Equal(reason, refusal.Reason);
        Assert.Contains(field, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(CommandKind.None, command.Kind);
    }

    private static Command Cycle(in Command command)
    {
        var bytes = CommandMapping.Write(command).ToByteArray();
        var refusal = CommandMapping.TryRead(V1.Command.Parser.ParseFrom(bytes), out var read);
        Assert.True(refusal.IsNone, refusal.Message);
        return read;
    }

    private static V1.NodeKey Node(int kind) => new() { Tenant = 1, LegalEntity = 1, Id = 1, Kind = (V1.NodeKind)kind };

    private static V1.Command Control(V1.Command message)
    {
        var field = V1.Command.Descriptor.FindFieldByNumber((int)message.CommandCase);
        ((IIdentified)field.Accessor.GetValue(message)).RequestUuid = Samples.Id.ToString();
        return message;
    }
}
