using CreditGrains.Contract;

namespace CreditGrains.Orleans.Tests.Cluster;

[Collection("cluster")]
public sealed class ClusterRequestTests(ClusterFixture cluster) : RequestContract(() => cluster.Silos[0]);

[Collection("cluster")]
public sealed class ClusterFactTests(ClusterFixture cluster) : FactContract(() => cluster.Silos[1]);

[Collection("cluster")]
public sealed class ClusterLoanTests(ClusterFixture cluster) : LoanContract(() => cluster.Silos[0]);

[Collection("cluster")]
public sealed class ClusterIdentityTests(ClusterFixture cluster) : IdentityContract(() => cluster.Silos[2]);

[Collection("cluster")]
public sealed class ClusterGraphTests(ClusterFixture cluster) : GraphContract(() => cluster.Silos[0]);

[Collection("cluster")]
public sealed class ClusterQueryTests(ClusterFixture cluster) : QueryContract(() => cluster.Silos[1]);

[Collection("cluster")]
public sealed class ClusterPoolTests(ClusterFixture cluster) : PoolContract(() => cluster.Silos[1]);

[Collection("cluster")]
public sealed class ClusterRiskTests(ClusterFixture cluster) : RiskContract(() => cluster.Silos[0], () => cluster.Silos[1]);
