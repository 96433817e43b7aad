using CreditGrains.Api.Mapping;
using CreditGrains.Api.Security.Audit;
using CreditGrains.Domain.Approvals;
using CreditGrains.Domain.Requests;
using Google.Protobuf;

namespace CreditGrains.Api.Security.Approvals;

/// <summary>Events of proposals to lines of the audit log and back.</summary>
internal static class ProposalLines
{
    public static ProposalLine Write(ProposalEvent e) => e switch
    {
        ChangeProposed made => new ProposalLine
        {
            Kind = "proposed", Id = e.Id, AtMicros = e.AtMicros, Command = Convert.ToBase64String(CommandMapping.Write(made.Command).ToByteArray()), Note = made.Note, ExpiresAtMicros = made.ExpiresAtMicros,
        },
        ChangeApproved approved => new ProposalLine { Kind = "approved", Id = e.Id, AtMicros = e.AtMicros, ExecutedAs = approved.ExecutedAs.ToString(), Note = NullOf(approved.Reason) },
        ChangeRejected rejected => new ProposalLine { Kind = "rejected", Id = e.Id, AtMicros = e.AtMicros, Note = NullOf(rejected.Reason) },
        ChangeExecuted executed => new ProposalLine { Kind = "executed", Id = e.Id, AtMicros = e.AtMicros, DecisionId = executed.DecisionId },
        _ => throw new NotSupportedException(e.GetType().Name),
    };

    /// <summary>The event of a line.</summary>
    /// <exception cref="SecurityFileException">AuditDamaged: no event reads so.</exception>
    public static ProposalEvent Read(ProposalLine line, string principal, long number)
    {
        try
        {
            return line.Kind switch
            {
                "proposed" => new ChangeProposed(line.Id, line.AtMicros, principal, ReadCommand(line.Command!), line.Note ?? "", line.ExpiresAtMicros),
                "approved" => new ChangeApproved(line.Id, line.AtMicros, principal, RequestId.FromGuid(Guid.Parse(line.ExecutedAs!)), line.Note ?? ""),
                "rejected" => new ChangeRejected(line.Id, line.AtMicros, principal, line.Note ?? ""),
                "executed" => new ChangeExecuted(line.Id, line.AtMicros, line.DecisionId),
                _ => throw new FormatException($"no event of a proposal is called '{line.Kind}'"),
            };
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InvalidProtocolBufferException)
        {
            throw new SecurityFileException("AuditDamaged", $"line {number} of the audit log holds no event of a proposal: {e.Message}", e);
        }
    }

    private static string? NullOf(string text) => text.Length == 0 ? null : text;

    private static Domain.Commands.Command ReadCommand(string base64)
    {
        var refusal = CommandMapping.TryReadRow(V1.Command.Parser.ParseFrom(Convert.FromBase64String(base64)), default, out var command);
        return refusal.IsNone ? command : throw new FormatException(refusal.Message);
    }
}
