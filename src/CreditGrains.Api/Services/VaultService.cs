using CreditGrains.Api.Security;
using CreditGrains.Api.Security.Access;
using CreditGrains.Api.Security.Audit;
using CreditGrains.Api.Security.Vault;
using CreditGrains.Api.Transport;
using CreditGrains.Api.Transport.Server;
using Google.Protobuf;

namespace CreditGrains.Api.Services;

/// <summary>creditgrains.v1.VaultService: personal data. The calls are described in its proto. Who asked for whose data is kept, without the subject's name.</summary>
internal sealed class VaultService(PersonalVault? vault, AuditLog? audit)
{
    private PersonalVault Vault => vault ?? throw new RpcException(
        StatusCode.FailedPrecondition, "VaultNotConfigured: this server keeps no personal data; give \"vault\" in its security file (docs/security.md).");

    public void Bind(ServiceTable table) => table.Bind(V1.VaultServiceReflection.Descriptor.Services[0])
        .Unary<V1.PutPersonalDataRequest, V1.PutPersonalDataReply>("PutPersonalData", (request, context) => Run(context, request.Tenant, "PutPersonalData", tenant =>
        {
            Vault.Put(tenant, request.Subject, request.Data.Span);
            return new V1.PutPersonalDataReply();
        }))
        .Unary<V1.GetPersonalDataRequest, V1.GetPersonalDataReply>("GetPersonalData", (request, context) => Run(context, request.Tenant, "GetPersonalData", tenant =>
        {
            var data = Vault.Get(tenant, request.Subject);
            return new V1.GetPersonalDataReply { Found = data is not null, Data = data is null ? ByteString.Empty : UnsafeByteOperations.UnsafeWrap(data) };
        }))
        .Unary<V1.ForgetPersonalDataRequest, V1.ForgetPersonalDataReply>("ForgetPersonalData", (request, context) => Run(
            context, request.Tenant, "ForgetPersonalData", tenant => new V1.ForgetPersonalDataReply { Found = Vault.Forget(tenant, request.Subject) }));

    private ValueTask<T> Run<T>(CallContext context, uint asked, string act, Func<ushort, T> run)
    {
        var principal = context.Principal ?? throw new RpcException(StatusCode.Unauthenticated, "NoPrincipal: the call passed no gate.");
        if (asked is 0 or > ushort.MaxValue) throw new RpcException(StatusCode.InvalidArgument, $"tenant is {asked}; use 1 to 65535");
        var tenant = (ushort)(asked & 0xFFFF);
        if (!principal.Covers(tenant)) throw Denials.Scope(principal, tenant, 0);
        // A subject has no legal entity.
        if (!principal.HasWholeTenant) throw Denials.WholeTenant(principal, act);
        audit?.Append(new AuditEntry { Principal = principal.Id, Act = act, Subject = $"tenant/{tenant}" });
        try
        {
            return new ValueTask<T>(run(tenant));
        }
        catch (ArgumentException e)
        {
            throw new RpcException(StatusCode.InvalidArgument, e.Message, e);
        }
        catch (SecurityFileException e)
        {
            throw new RpcException(StatusCode.DataLoss, e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RpcException(StatusCode.Unavailable, "VaultUnavailable: the vault's disk refused; the server's log has the cause.", e);
        }
    }
}
