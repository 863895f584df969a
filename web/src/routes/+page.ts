export const load = () => ({ title: 'Needs you' });
