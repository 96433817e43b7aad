using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Limits;
using Google.Protobuf;

namespace CreditGrains.Api.Mapping;

/// <summary>Account commands from and to their messages. What a message lacks, its command leaves at the default.</summary>
internal static class AccountMapping
{
    /// <summary>Fills every field of a command but its kind and id.</summary>
    public static void Read(IAccountMessage message, ref Command command, ref Fields fields)
    {
        command.OccurredAtMicros = message.OccurredAtMicros;
        command.Attributes = Fields.Attributes(message.Attributes);
        if (message is V1.ReverseRequest reverse)
        {
            command.Facility = new NodeKey(0, fields.Tenant(reverse.Tenant), 0, NodeKind.None);
            command.Original = fields.RequestId("original", Original(reverse));
            return;
        }

        command.Facility = fields.Facility(((IFacilityMessage)message).Facility);
        if (message is IAmountMessage amount)
        {
            command.Amount = amount.Amount;
            command.Currency = fields.Currency("currency", amount.Currency);
        }

        if (message is ISpendMessage spend)
        {
            command.Channel = fields.Channel(spend.Channel);
            command.MerchantCategory = fields.Category("merchant_category", spend.MerchantCategory);
            command.Scenario = fields.Scenario(spend.Scenario);
        }

        if (message is IPartialMessage partial) command.AmountMin = partial.AmountMin;
        if (message is ILifetimeMessage lifetime) command.LifetimeSeconds = lifetime.LifetimeSeconds;
        if (message is IReferringMessage referring) command.Reference = referring.Reference;
        if (message is IOptionMessage option) command.Options = option.Options;
        command.Control = LoanMapping.ReadRecord(message, command.Facility, ref fields);
        if (message is V1.AdjustRequest adjust)
        {
            command.InterestDelta = adjust.InterestDelta;
            command.FeesDelta = adjust.FeesDelta;
        }
    }

    /// <summary>Fills every field of a fresh message but its id.</summary>
    public static void Write(in Command command, IAccountMessage message)
    {
        message.OccurredAtMicros = command.OccurredAtMicros;
        if (command.Attributes is { } attributes) message.Attributes = ByteString.CopyFrom(attributes);
        if (message is V1.ReverseRequest reverse)
        {
            reverse.Tenant = command.Facility.Tenant;
            reverse.OriginalId = RequestIdentity.ToBytes(command.Original);
            return;
        }

        ((IFacilityMessage)message).Facility = Keys.ToFacility(command.Facility);
        if (message is IAmountMessage amount)
        {
            amount.Amount = command.Amount;
            amount.Currency = Keys.ToCode(command.Currency);
        }

        if (message is ISpendMessage spend)
        {
            spend.Channel = (V1.Channel)command.Channel;
            spend.MerchantCategory = command.MerchantCategory;
            spend.Scenario = command.Scenario;
        }

        if (message is IPartialMessage partial) partial.AmountMin = command.AmountMin;
        if (message is ILifetimeMessage lifetime) lifetime.LifetimeSeconds = command.LifetimeSeconds;
        if (message is IReferringMessage referring) referring.Reference = command.Reference;
        if (message is IOptionMessage option) option.Options = command.Options;
        LoanMapping.WriteRecord(command.Control, message);
        if (message is V1.AdjustRequest adjust)
        {
            adjust.InterestDelta = command.InterestDelta;
            adjust.FeesDelta = command.FeesDelta;
        }
    }

    private static IdentityForms Original(V1.ReverseRequest message) => message.OriginalCase switch
    {
        V1.ReverseRequest.OriginalOneofCase.OriginalId => new(IdentityForm.Bytes, message.OriginalId, null, null),
        V1.ReverseRequest.OriginalOneofCase.OriginalUuid => new(IdentityForm.Text, null, message.OriginalUuid, null),
        V1.ReverseRequest.OriginalOneofCase.OriginalSessionId => new(IdentityForm.Session, null, null, message.OriginalSessionId),
        _ => default,
    };
}
