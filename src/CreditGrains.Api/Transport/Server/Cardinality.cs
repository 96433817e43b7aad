namespace CreditGrains.Api.Transport.Server;

/// <summary>A method that takes one request got another number; gRPC names that Unimplemented.</summary>
internal static class Cardinality
{
    public static RpcException None() =>
        new(StatusCode.Unimplemented, "The method takes one request message; the call sent none.");

    public static RpcException More() =>
        new(StatusCode.Unimplemented, "The method takes one request message; the call sent more.");
}
