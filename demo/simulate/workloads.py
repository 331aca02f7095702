"""What runs: instances, clusters with pods that come and go, functions, tasks, notebooks, agents; and the people."""

from __future__ import annotations

from datetime import datetime, timedelta

from settings import ACCOUNT, MAIN_REGION, PARTNER_ACCOUNT
from simulate.parts import Account, Cluster, Interface, Network, Place, Pod, Workload
from simulate.world import World

SSO_NAME = "AWSReservedSSO_DataScientist_0123456789abcdef"
SSO_ROLE = f"aws-reserved/sso.amazonaws.com/{SSO_NAME}"
"""With the path that nobody but IAM Identity Center may use."""


def build(world: World) -> None:
    """Everything that may call a model."""
    for network in world.networks:
        for number in range(world.options.counts.instances):
            _instance(world, network, number)
    for network in world.networks:
        if world.dice("balancer", network.name).random() < 0.6:
            _balancer(world, network)
    for network in world.networks[: world.options.counts.clusters]:
        _cluster(world, network)
    _functions(world)
    _tasks(world)
    _bedrock(world)
    _people(world)


# ---------------------------------------------------------------- instances


def _instance(world: World, network: Network, number: int) -> None:
    name = f"{network.name}-app-{number}"
    dice = world.dice("instance", name)
    # The first two of a network share a role, as groups of equal servers do.
    role = f"{network.name}-shared" if number < 2 else name
    made = instance(world, network, name, role, number)
    made.imds = dice.choice(("1.0", "2.0", "2.0"))
    world.instances.append(made)


def instance(world: World, network: Network, name: str, role: str, number: int) -> Workload:
    """An instance on one interface."""
    id = world.id("i-", name)
    dice = world.dice("address", name)
    subnet = network.private(number)
    public = f"54.{dice.randint(64, 95)}.{dice.randint(0, 255)}.{dice.randint(1, 254)}" if subnet.is_public else ""
    card = Interface(
        world.id("eni-", name),
        subnet,
        subnet.address(),
        public=public,
        instance=id,
        description="Primary network interface",
    )
    guarded = world.dice("guarded role", role).random() < 0.15
    made = Workload(
        "instance",
        name,
        f"arn:aws:ec2:{network.region}:{ACCOUNT}:instance/{id}",
        network.region,
        world.role(role, "ec2.amazonaws.com", guarded),
        id=id,
    )
    made.places = [Place(network, card, card.address, *world.lifetime)]
    return made


def _balancer(world: World, network: Network) -> None:
    """An application load balancer before some of the network's instances."""
    name = f"{network.name}-web"
    path = f"app/{name}/{world.id('', 'balancer', name)[:16]}"
    dice = world.dice("balancer address", name)
    card = Interface(
        world.id("eni-", path),
        network.public(),
        network.public().address(),
        public=f"52.{dice.randint(0, 31)}.{dice.randint(0, 255)}.{dice.randint(1, 254)}",
        description=f"ELB {path}",
    )
    arn = f"arn:aws:elasticloadbalancing:{network.region}:{ACCOUNT}:loadbalancer/{path}"
    made = Workload("load_balancer", name, arn, network.region)
    made.places = [Place(network, card, card.address, *world.lifetime)]
    made.facts["targets"] = [one for one in world.instances if one.network is network][:2]
    world.balancers.append(made)


# ---------------------------------------------------------------- clusters


def _cluster(world: World, network: Network) -> None:
    name = f"cluster-{len(world.clusters)}"
    dice = world.dice("cluster", name)
    issuer = f"oidc.eks.{network.region}.amazonaws.com/id/{world.letters(26, 'issuer', name)}"
    made = Cluster(
        name,
        f"arn:aws:eks:{network.region}:{ACCOUNT}:cluster/{name}",
        network,
        f"https://{issuer}",
        f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}",
        audited=dice.random() < 0.7,
    )
    for number in range(world.options.counts.nodes):
        node = instance(world, network, f"{name}-node-{number}", f"{name}-node", number)
        node.facts["node"] = made
        made.nodes.append(node)
        world.instances.append(node)
    made.resolver = made.nodes[0].places[0].interface.subnet.address()
    world.clusters.append(made)
    plans = [_account(world, made, number) for number in range(world.options.counts.accounts)]
    _pods(world, made, plans)


def _account(world: World, cluster: Cluster, number: int) -> Workload:
    dice = world.dice("account", cluster.name, number)
    serves = number == 0
    namespace = "inference" if serves else ("chat", "search", "billing", "tools")[number % 4]
    name = "vllm" if serves else f"svc-{number}"
    binding = "irsa" if serves else dice.choices(("irsa", "pod_identity", "node"), (4, 4, 1))[0]
    of = Account(cluster, namespace, name, binding)
    full = f"{cluster.name}-{namespace}-{name}"
    guarded = world.dice("guarded role", full).random() < 0.15
    if serves:
        of.image, of.port, of.gpus = "vllm/vllm-openai:v0.11.0", 8000, 1
    else:
        of.image = f"{ACCOUNT}.dkr.ecr.{cluster.network.region}.amazonaws.com/{name}:1"
    if binding == "irsa":
        role = world.role(full, cluster.provider, guarded)
    elif binding == "pod_identity":
        role = world.role(full, "pods.eks.amazonaws.com", guarded)
        number_of = f"a-{world.letters(17, 'association', full).lower()}"
        of.association = (
            f"arn:aws:eks:{cluster.network.region}:{ACCOUNT}:podidentityassociation/{cluster.name}/{number_of}",
            number_of,
        )
    else:
        role = world.role(f"{cluster.name}-node", "ec2.amazonaws.com")
    arn = f"arn:aws:eks:{cluster.network.region}:{ACCOUNT}:pod/{cluster.name}/{namespace}/{name}"
    made = Workload("pod", f"{cluster.name}/{namespace}/{name}", arn, cluster.network.region, role, account=of)
    world.pods.append(made)
    return made


def _pods(world: World, cluster: Cluster, accounts: list[Workload]) -> None:
    """All pods of a cluster in order of time: who comes later may get an address that somebody else had."""
    born: list[tuple[datetime, datetime, Workload, int, int]] = []
    begin, end = world.lifetime
    span = (world.options.end - world.options.begin).total_seconds()
    for account in accounts:
        dice = world.dice("pods", account.name)
        most = world.options.counts.replicas
        # Small estates have some of each, the large one has its full number.
        replicas = dice.randint(1, most) if most < 10 else most
        rounds = dice.choice((0, 0, 1, 1, 2)) if world.options.counts.restarts else 0
        turns = sorted(
            world.options.begin + timedelta(seconds=int(span * (0.1 + 0.8 * dice.random()))) for _ in range(rounds)
        )
        for round_number, (since, until) in enumerate(zip([begin, *turns], [*turns, end], strict=True)):
            for replica in range(replicas):
                # One after the other: the new pod stands before the old one goes.
                starts = since if round_number == 0 else since + timedelta(seconds=40 * replica)
                stops = until if until == end else until + timedelta(seconds=40 * replica + 30)
                born.append((starts, stops, account, round_number, replica))
    free: list[tuple[datetime, str, Interface, str]] = []
    for starts, stops, account, round_number, replica in sorted(
        born, key=lambda one: (one[0], one[2].name, one[3], one[4])
    ):
        of = account.account
        assert of is not None
        dice = world.dice("pod", account.name, round_number, replica)
        # What serves models has a node to itself: what it is asked crosses the network.
        node = cluster.nodes[-1] if of.gpus else dice.choice(cluster.nodes[:-1] or cluster.nodes)
        card = node.places[0].interface
        address = _address(world, free, starts, account.name, card, dice.random())
        generation = world.letters(9, "replica set", account.name, round_number).lower()
        name = f"{of.name}-{generation}-{world.letters(5, 'pod', account.name, round_number, replica).lower()}"
        pod = Pod(name, world.uuid("pod", name), f"{of.name}-{generation}", node, address, starts, stops)
        account.places.append(Place(cluster.network, card, address, starts, stops, pod))
        free.append((stops, address, card, account.name))


def _address(
    world: World,
    free: list[tuple[datetime, str, Interface, str]],
    at: datetime,
    owner: str,
    card: Interface,
    drawn: float,
) -> str:
    if drawn < world.options.ip_reuse:
        # VPC CNI gives no address away again within half a minute.
        old = [
            one for one in free if one[0] + timedelta(seconds=30) < at and one[2] is card and one[3] != owner
        ]  # fmt: skip
        if old:
            free.remove(old[0])
            return old[0][1]
    return card.subnet.address()


# ---------------------------------------------------------------- functions, tasks, notebooks


def _functions(world: World) -> None:
    for number in range(world.options.counts.functions):
        name = f"fn-{number}"
        dice = world.dice("function", name)
        # The third shares the second's role.
        role = "fn-1" if number == 2 else name
        guarded = world.dice("guarded role", role).random() < 0.15
        made = Workload(
            "function",
            name,
            f"arn:aws:lambda:{MAIN_REGION}:{ACCOUNT}:function:{name}",
            MAIN_REGION,
            world.role(role, "lambda.amazonaws.com", guarded),
        )
        here = [one for one in world.networks if one.region == MAIN_REGION]
        if dice.random() < 0.5:
            network = here[number % len(here)]
            subnet = network.private(number)
            card = Interface(
                world.id("eni-", "fn", name),
                subnet,
                subnet.address(),
                "lambda",
                description=f"AWS Lambda VPC ENI-{name}-{world.uuid('eni', name)}",
            )
            made.places = [Place(network, card, card.address, *world.lifetime)]
        else:
            made.address = f"3.{dice.randint(208, 239)}.{dice.randint(0, 255)}.{dice.randint(1, 254)}"
        world.functions.append(made)


def _tasks(world: World) -> None:
    here = [one for one in world.networks if one.region == MAIN_REGION]
    for number in range(world.options.counts.services):
        name = f"service-{number}"
        network = here[number % len(here)]
        made = Workload(
            "task",
            name,
            f"arn:aws:ecs:{MAIN_REGION}:{ACCOUNT}:service/batch/{name}",
            MAIN_REGION,
            world.role(f"task-{name}", "ecs-tasks.amazonaws.com"),
            id=world.uuid("task", name).replace("-", ""),
        )
        subnet = network.private(number)
        task = f"arn:aws:ecs:{MAIN_REGION}:{ACCOUNT}:task/batch/{made.id}"
        card = Interface(
            world.id("eni-", "task", name),
            subnet,
            subnet.address(),
            description=f"arn:aws:ecs:{MAIN_REGION}:{ACCOUNT}:attachment/{world.uuid('attachment', name)}",
        )
        made.facts["task"] = task
        made.places = [Place(network, card, card.address, *world.lifetime)]
        world.tasks.append(made)


def _bedrock(world: World) -> None:
    world.role("kb-reader", "bedrock.amazonaws.com")
    world.role("sm-models", "sagemaker.amazonaws.com")
    world.role("eks-cluster", "eks.amazonaws.com")
    for name in ("research", "unused"):
        arn = f"arn:aws:sagemaker:{MAIN_REGION}:{ACCOUNT}:notebook-instance/{name}"
        role = world.role(f"sm-{name}", "sagemaker.amazonaws.com")
        world.notebooks.append(Workload("notebook", name, arn, MAIN_REGION, role, address="3.236.180.61"))
    for number in range(world.options.counts.agents):
        model = world.models[f"agent/{number}"]
        role = world.role(f"agent-{number}", "bedrock.amazonaws.com")
        world.agents.append(Workload("agent", f"agent-{number}", model.arn, MAIN_REGION, role, id=model.called))


def _people(world: World) -> None:
    office = "203.0.113.24"
    world.role(SSO_ROLE, f"arn:aws:iam::{ACCOUNT}:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE")
    for number in range(world.options.counts.people):
        person = f"person-{number}@example.com"
        arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/{SSO_NAME}/{person}"
        made = Workload("person", person, arn, MAIN_REGION, world.roles[SSO_ROLE], address=office)
        user = world.user(f"user-{number}")
        keys = Workload("user", user.name, user.arn, MAIN_REGION, user, address=f"198.51.100.{number + 10}")
        world.people += [made, keys]
    # A Bedrock API key is a user of its own, which Bedrock makes.
    user = world.user(f"BedrockAPIKey-{world.letters(4, 'api key').lower()}")
    world.people.append(Workload("key", user.name, user.arn, MAIN_REGION, user, address="198.51.100.200"))
    arn = f"arn:aws:iam::{PARTNER_ACCOUNT}:role/partner-app"
    world.people.append(Workload("external", "partner-app", arn, MAIN_REGION, address="10.99.4.20"))
