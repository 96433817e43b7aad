using CreditGrains.Api.Security.Access;
using CreditGrains.Engine;
using CreditGrains.Engine.Alerts;

namespace CreditGrains.Api.Tests.Security;

/// <summary>What a principal hears of alerts that are not looked at: a fault may name machines and other tenants' things.</summary>
public sealed class PrincipalAlertsTests
{
    private const string Secret = "partition 7: connection to db-3.bank.example refused";

    [Fact]
    public async Task Fault_IsToldInFull_ToPrincipalsOfAllTenantsOnly()
    {
        var desk = new FaultyDesk();
        var everybodys = new PrincipalAlerts(desk, new Principal("key:all", Roles.Read, 0));
        Assert.Equal(Secret, everybodys.Read(0, 10).Fault);
        Assert.Equal(Secret, (await Assert.ThrowsAsync<EngineFaultException>(() => BeforeAsync(everybodys))).Message);
        foreach (var principal in new[] { new Principal("key:one", Roles.Read, 1), new Principal("key:entity", Roles.Read, 1, [2]) })
        {
            var own = new PrincipalAlerts(desk, principal);
            Assert.Equal(PrincipalAlerts.FaultOfTenants, own.Read(1, 10).Fault);
            var fault = await Assert.ThrowsAsync<EngineFaultException>(() => BeforeAsync(own));
            Assert.DoesNotContain("bank.example", fault.Message, StringComparison.Ordinal);
            Assert.Contains("Go on from the last cursor", fault.Message, StringComparison.Ordinal);
        }
    }

    private static async Task BeforeAsync(PrincipalAlerts alerts) => await (await alerts.FollowAsync(0, isFromNow: false)).BeforeAsync(5, CancellationToken.None);

    private sealed class FaultyDesk : IAlertDesk, IAlertReader
    {
        public AlertView Read(ushort tenant, int take) => new(new AlertRules("rules", []), [], 0, 0, 0, 0, 0, 1, 1, Secret);

        public IReadOnlyList<AlertChange> Newest(ushort tenant, int take) => [];

        public ValueTask<IAlertReader> FollowAsync(long afterSequence, bool isFromNow) => new(this);

        public ValueTask<IReadOnlyList<AlertChange>> BeforeAsync(long sequence, CancellationToken cancellationToken) => throw new EngineFaultException(Secret, null);

        public IReadOnlyList<AlertChange> Meanwhile() => [];
    }
}
