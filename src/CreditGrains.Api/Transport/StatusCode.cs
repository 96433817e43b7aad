namespace CreditGrains.Api.Transport;

/// <summary>The outcome of a call, with the numbers gRPC puts on the wire.</summary>
public enum StatusCode
{
    /// <summary>The call succeeded.</summary>
    OK = 0,

    /// <summary>The caller gave up.</summary>
    Cancelled = 1,

    /// <summary>The handler failed in a way it did not name. Details are in the server's log only.</summary>
    Unknown = 2,

    /// <summary>The request is wrong whatever the state of the system.</summary>
    InvalidArgument = 3,

    /// <summary>The deadline passed before the call finished; its effect may or may not have happened.</summary>
    DeadlineExceeded = 4,

    /// <summary>The thing asked for does not exist.</summary>
    NotFound = 5,

    /// <summary>The thing to create exists already.</summary>
    AlreadyExists = 6,

    /// <summary>The caller is known but may not do this.</summary>
    PermissionDenied = 7,

    /// <summary>A bound was met: message size, queue, quota.</summary>
    ResourceExhausted = 8,

    /// <summary>The state of the system does not allow the call; do not retry as it is.</summary>
    FailedPrecondition = 9,

    /// <summary>The call lost a race; retry the whole sequence.</summary>
    Aborted = 10,

    /// <summary>A position lies outside what exists.</summary>
    OutOfRange = 11,

    /// <summary>The service, method or encoding is not served here.</summary>
    Unimplemented = 12,

    /// <summary>The framing or the server's own invariants are broken.</summary>
    Internal = 13,

    /// <summary>The server cannot answer now; retry with back-off.</summary>
    Unavailable = 14,

    /// <summary>Data is lost or corrupt for good.</summary>
    DataLoss = 15,

    /// <summary>The caller's identity is missing or not accepted.</summary>
    Unauthenticated = 16,
}
