using System.Text.Json.Serialization;

namespace CreditGrains.Api.Security.Audit;

/// <summary>One line of the audit log: who was about to do what. What became of a command, the journal says under its request id.</summary>
public sealed record AuditEntry
{
    /// <summary>Its place, from 1 without gaps.</summary>
    [JsonPropertyName("n")]
    public long Number { get; init; }

    /// <summary>Microseconds since the Unix epoch.</summary>
    [JsonPropertyName("at")]
    public long AtMicros { get; init; }

    /// <summary>Id of the principal.</summary>
    [JsonPropertyName("by")]
    public required string Principal { get; init; }

    /// <summary>What: a kind of command, or an act such as Snapshot, Propose, Approve.</summary>
    [JsonPropertyName("act")]
    public required string Act { get; init; }

    /// <summary>The facility or node, as Kind/tenant/entity/id, or what else it is about.</summary>
    [JsonPropertyName("of")]
    public string? Subject { get; init; }

    /// <summary>The command's request id.</summary>
    [JsonPropertyName("request")]
    public string? Request { get; init; }

    /// <summary>What was asked, in words: the values of a control command. Never personal data or a secret.</summary>
    [JsonPropertyName("what")]
    public string? Detail { get; init; }

    /// <summary>An event of a proposal; the log is also what proposals are rebuilt from.</summary>
    [JsonPropertyName("proposal")]
    public ProposalLine? Proposal { get; init; }
}

/// <summary>An event of a proposal as it stands in the log.</summary>
public sealed record ProposalLine
{
    /// <summary>proposed, approved, rejected or executed.</summary>
    [JsonPropertyName("k")]
    public required string Kind { get; init; }

    /// <summary>The proposal.</summary>
    [JsonPropertyName("id")]
    public required long Id { get; init; }

    /// <summary>When, by the book of proposals.</summary>
    [JsonPropertyName("t")]
    public required long AtMicros { get; init; }

    /// <summary>Proposed: the command as creditgrains.v1.Command, base64.</summary>
    [JsonPropertyName("c")]
    public string? Command { get; init; }

    /// <summary>Proposed, approved, rejected: why; left out when nothing was said.</summary>
    [JsonPropertyName("note")]
    public string? Note { get; init; }

    /// <summary>Proposed: from when on it may not be approved.</summary>
    [JsonPropertyName("until")]
    public long ExpiresAtMicros { get; init; }

    /// <summary>Approved: the request id of its execution.</summary>
    [JsonPropertyName("as")]
    public string? ExecutedAs { get; init; }

    /// <summary>Executed: the decision.</summary>
    [JsonPropertyName("d")]
    public long DecisionId { get; init; }
}
